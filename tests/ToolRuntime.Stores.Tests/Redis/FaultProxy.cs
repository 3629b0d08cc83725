using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ToolRuntime.Stores.Tests.Redis;

/// <summary>Stands between a log and its server: lets everything through, keeps answers back, or cuts all connections.</summary>
internal sealed class FaultProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> clients = new();
    private readonly int server;
    private volatile TaskCompletionSource? held;
    private volatile bool refusing;

    public FaultProxy(int server)
    {
        this.server = server;
        listener.Start();
        _ = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>What the server answers from now on stays here; what is asked arrives.</summary>
    public void HoldAnswers() => held = new();

    /// <summary>Lets what was kept back go on.</summary>
    public void Release()
    {
        var holding = held;
        held = null;
        holding?.SetResult();
    }

    /// <summary>Closes all connections, and new ones until <see cref="Mend"/>.</summary>
    public void Cut()
    {
        refusing = true;
        foreach (var client in clients.Keys) client.Dispose();
        clients.Clear();
        Release();
    }

    public void Mend() => refusing = false;

    public void Dispose()
    {
        listener.Stop();
        Cut();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            if (refusing) client.Dispose();
            else _ = RelayAsync(client);
        }
    }

    private async Task RelayAsync(TcpClient client)
    {
        var upstream = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        clients[client] = clients[upstream] = true;
        try
        {
            await upstream.ConnectAsync(IPAddress.Loopback, server);
            await Task.WhenAny(PumpAsync(client, upstream, answers: false), PumpAsync(upstream, client, answers: true));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The server is away.
        }

        client.Dispose();
        upstream.Dispose();
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool answers)
    {
        try
        {
            var buffer = new byte[65_536];
            while (await from.GetStream().ReadAsync(buffer) is > 0 and var count)
            {
                if (answers && held is { } holding) await holding.Task;
                await to.GetStream().WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
    }
}
