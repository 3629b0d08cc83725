using System.Net;
using System.Net.Http;
using System.Net.Sockets;

namespace ToolRuntime.Tools.Named;

/// <summary>Asks a port of the loopback address until it answers.</summary>
internal static class ReadyPort
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Returns once it has answered.</summary>
    /// <exception cref="OperationCanceledException">Nobody waits for that any more.</exception>
    public static async Task WaitAsync(int port, string? path, TimeSpan interval, TimeProvider time, CancellationToken cancellationToken)
    {
        using var http = path is null ? null : new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false }) { Timeout = Patience };
        while (!(http is null ? await ConnectsAsync(port, cancellationToken) : await AnswersAsync(http, port, path!, cancellationToken)))
        {
            await Task.Delay(interval, time, cancellationToken);
        }
    }

    private static async Task<bool> ConnectsAsync(int port, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            try
            {
                using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(new IPEndPoint(address, port), patience.Token);
                return true;
            }
            catch (SocketException)
            {
                // Nobody listens there.
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        return false;
    }

    private static async Task<bool> AnswersAsync(HttpClient http, int port, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://localhost:{port}{path}"), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)answer.StatusCode is >= 200 and < 400;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
