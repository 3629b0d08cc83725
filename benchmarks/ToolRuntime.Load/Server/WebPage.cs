using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ToolRuntime.Load.Server;

/// <summary>A page on loopback for tools that fetch one.</summary>
internal sealed class WebPage : IDisposable
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 39\r\nConnection: close\r\n\r\n<title>A page</title><p>It works.</p>\r\n");

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private int requests;

    public WebPage()
    {
        listener.Start();
        _ = ServeAsync();
    }

    public string Url => $"http://{listener.LocalEndpoint}/";

    /// <summary>How often it was fetched.</summary>
    public int Requests => Volatile.Read(ref requests);

    public void Dispose() => listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref requests);
                var stream = client.GetStream();
                // One small request a connection: it comes in one piece.
                _ = await stream.ReadAsync(new byte[4_096]);
                await stream.WriteAsync(Answer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // It was disposed.
        }
    }
}
