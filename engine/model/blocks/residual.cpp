#include "model/blocks/pass.h"

namespace rocmforge {

void add_to_residual(const Pass& pass, const float* y, const Linear& linear, const Norm& post_norm,
                     const Norm& next_norm)
{
    const Activations& s = pass.state;
    if (!post_norm.weight && (linear.scale == 1 || !linear.bias)) {
        pass.backend.project_residual(s.x, y, linear.weight, linear.bias,
                                      pass.config.residual_scale * linear.scale, pass.n_tokens,
                                      if_present(next_norm));
        return;
    }
    pass.project(s.share, y, linear);
    add_share_to_residual(pass, post_norm);
}

void add_share_to_residual(const Pass& pass, const Norm& post_norm)
{
    const Activations& s = pass.state;
    if (post_norm.weight)
        pass.backend.norm(s.share, s.share, post_norm, pass.n_tokens, pass.config.n_embd);
    pass.backend.add(s.x, s.share, pass.config.residual_scale, pass.embedding_size());
}

} // namespace rocmforge
