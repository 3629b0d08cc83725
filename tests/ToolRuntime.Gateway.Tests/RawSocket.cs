using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace ToolRuntime.Gateway.Tests;

/// <summary>A WebSocket client by hand, for what no decent client does: not reading, not answering pings.</summary>
internal sealed class RawSocket : IDisposable
{
    private readonly TcpClient tcp = new() { ReceiveBufferSize = 4_096 };

    public static async Task<RawSocket> ConnectAsync(World world)
    {
        var raw = new RawSocket();
        await raw.tcp.ConnectAsync(world.Address.Host, world.Address.Port);
        var request = $"GET /v1/ws HTTP/1.1\r\nHost: {world.Address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: toolruntime.v1\r\n\r\n";
        await raw.tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
        var response = await raw.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 101", response, StringComparison.Ordinal);
        return raw;
    }

    /// <summary>Sends a text frame, masked with zeros.</summary>
    public async Task SendAsync(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        var head = payload.Length < 126 ? new byte[6] : new byte[8];
        head[0] = 0x81;
        head[1] = (byte)(0x80 | (payload.Length < 126 ? payload.Length : 126));
        if (payload.Length >= 126) BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(2), (ushort)payload.Length);
        await tcp.GetStream().WriteAsync((byte[])[.. head, .. payload]);
    }

    /// <summary>Reads, and throws away, until the server ends the connection.</summary>
    public async Task ReadToEndAsync()
    {
        using var patience = new CancellationTokenSource(World.Patience);
        var buffer = new byte[4_096];
        try
        {
            while (await tcp.GetStream().ReadAsync(buffer, patience.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // reset by the server, which is an end too
        }
    }

    public void Dispose() => tcp.Dispose();

    private async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await tcp.GetStream().ReadAsync(one) == 0) break;
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
