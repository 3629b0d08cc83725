using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Doors;

/// <summary>HTTP by hand, for what no decent client sends.</summary>
internal static class RawHttp
{
    /// <summary>Sends a head and a body as they are; the head gets <c>Host</c> and <c>Connection: close</c>.</summary>
    public static async Task<RawAnswer> SendAsync(Uri server, string head, byte[] body)
    {
        using var patience = new CancellationTokenSource(World.Patience);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.Host, server.Port, patience.Token);
        var stream = tcp.GetStream();
        var line = head.IndexOf("\r\n", StringComparison.Ordinal);
        var (first, rest) = line < 0 ? (head, "") : (head[..line], head[line..]);
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"{first}\r\nHost: {server.Authority}\r\nConnection: close{rest}\r\n\r\n"), patience.Token);
        await stream.WriteAsync(body, patience.Token);
        return RawAnswer.Read(await ReadAsync(stream, patience.Token));
    }

    public static Task<RawAnswer> SendAsync(Uri server, string head, string body = "") => SendAsync(server, head, Encoding.UTF8.GetBytes(body));

    /// <summary>A POST of JSON with its length.</summary>
    public static Task<RawAnswer> PostAsync(Uri server, string path, byte[] body, string headers = "") => SendAsync(
        server, string.Create(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {body.Length}{headers}"), body);

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        try
        {
            await stream.CopyToAsync(all, cancellationToken);
        }
        catch (IOException)
        {
            // reset behind the answer, since the server has not read it all
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }
}

/// <summary>An answer as it came.</summary>
internal sealed record RawAnswer(int Status, string Head, string Body)
{
    public static RawAnswer Read(string text)
    {
        var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, $"No answer: {text}");
        var head = text[..end];
        return new(int.Parse(head.Split(' ')[1], CultureInfo.InvariantCulture), head, text[(end + 4)..]);
    }

    /// <summary>The error, of a body whether it came in chunks or not; checks that it is none of the server's.</summary>
    public string Code()
    {
        using var document = JsonDocument.Parse(Body[Body.IndexOf('{', StringComparison.Ordinal)..(Body.LastIndexOf('}') + 1)]);
        var error = document.RootElement.GetProperty("error");
        Assert.False(error.GetProperty("retryable").GetBoolean(), Body);
        return error.GetProperty("code").GetString()!;
    }
}
