// A small window that offers one file to be dragged away: `drag_source FILE`.
#include <QDrag>
#include <QGuiApplication>
#include <QMimeData>
#include <QPainter>
#include <QRasterWindow>
#include <QUrl>

class DragSource : public QRasterWindow {
public:
    explicit DragSource(const QUrl& file)
        : m_file(file)
    {
        setFlags(Qt::FramelessWindowHint);
        setTitle("Drag source");
        setGeometry(1290, 10, 100, 100);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter(this).fillRect(QRect(QPoint(), size()), Qt::darkCyan);
    }

    void mousePressEvent(QMouseEvent*) override
    {
        auto* data = new QMimeData;
        data->setUrls({m_file});
        QDrag drag(this);
        drag.setMimeData(data); // takes it
        drag.exec(Qt::CopyAction | Qt::MoveAction, Qt::CopyAction);
    }

private:
    QUrl m_file;
};

int main(int argc, char** argv)
{
    QGuiApplication application(argc, argv);
    DragSource window(QUrl::fromLocalFile(application.arguments().value(1)));
    window.show();
    return QGuiApplication::exec();
}
