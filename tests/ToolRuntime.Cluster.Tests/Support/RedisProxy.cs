using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ToolRuntime.Cluster.Tests.Support;

/// <summary>Stands between one process and Redis, and is the network between them: it can be cut, hang, and lose what is published.</summary>
internal sealed class RedisProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly ConcurrentDictionary<Link, Task> links = new();
    private readonly Task accepting;
    private readonly int target;
    private volatile TaskCompletionSource? stalled;
    private volatile bool cut;

    /// <param name="redis">Redis, as host:port on loopback.</param>
    public RedisProxy(string redis)
    {
        target = int.Parse(redis.Split(':')[1], null);
        listener.Start();
        Address = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        accepting = AcceptAsync();
    }

    /// <summary>What the process takes for Redis.</summary>
    public string Address { get; }

    /// <summary>Whether what is published gets lost on its way to the process.</summary>
    public bool DropsPublished { get; set; }

    /// <summary>How many published items were lost so far.</summary>
    public int Dropped { get; private set; }

    /// <summary>Breaks all connections, with a reset, and refuses new ones.</summary>
    public void Cut()
    {
        cut = true;
        Reset();
    }

    /// <summary>Nothing comes through any more, and nobody is told.</summary>
    public void Stall() => stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The network is well again.</summary>
    public void Mend()
    {
        cut = false;
        var waiting = stalled;
        stalled = null;
        waiting?.TrySetResult();
    }

    /// <summary>Breaks all connections, with a reset; the next ones are taken.</summary>
    public void Reset()
    {
        foreach (var link in links.Keys) link.Reset();
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        listener.Stop();
        Reset();
        Mend();
        await accepting;
        await Task.WhenAll(links.Values);
        ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await listener.AcceptSocketAsync(ended.Token);
                if (cut)
                {
                    near.LingerState = new(true, 0);
                    near.Dispose();
                    continue;
                }

                var link = new Link(near);
                links[link] = RunAsync(link);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task RunAsync(Link link)
    {
        try
        {
            await link.Far.ConnectAsync(IPAddress.Loopback, target, ended.Token);
            await Task.WhenAny(UpAsync(link), DownAsync(link));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Redis is away.
        }
        finally
        {
            link.Reset();
            links.TryRemove(link, out _);
        }
    }

    private async Task UpAsync(Link link)
    {
        var buffer = new byte[64 * 1024];
        while (await ReceiveAsync(link.Near, buffer) is > 0 and var count && await SendAsync(link.Far, buffer.AsMemory(0, count)))
        {
            // The next part.
        }
    }

    private async Task DownAsync(Link link)
    {
        var buffer = new byte[64 * 1024];
        var kept = 0;
        while (true)
        {
            if (kept == buffer.Length) Array.Resize(ref buffer, kept * 2);
            if (await ReceiveAsync(link.Far, buffer.AsMemory(kept)) is not (> 0 and var count)) return;
            kept += count;
            var taken = 0;
            while (RespFrame.LengthOf(buffer.AsSpan(taken, kept - taken)) is > 0 and var length)
            {
                if (DropsPublished && RespFrame.IsPublished(buffer.AsSpan(taken, length))) Dropped++;
                else if (!await SendAsync(link.Near, buffer.AsMemory(taken, length))) return;
                taken += length;
            }

            buffer.AsSpan(taken, kept - taken).CopyTo(buffer);
            kept -= taken;
        }
    }

    private static async Task<int> ReceiveAsync(Socket from, Memory<byte> buffer)
    {
        try
        {
            return await from.ReceiveAsync(buffer);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return 0;
        }
    }

    private async Task<bool> SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            if (stalled is { } waiting) await waiting.Task;
            while (!bytes.IsEmpty) bytes = bytes[await to.SendAsync(bytes)..];
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private sealed class Link(Socket near)
    {
        public Socket Near { get; } = Prepared(near);

        public Socket Far { get; } = Prepared(new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

        public void Reset()
        {
            Near.Dispose();
            Far.Dispose();
        }

        private static Socket Prepared(Socket socket)
        {
            (socket.NoDelay, socket.LingerState) = (true, new(true, 0));
            return socket;
        }
    }
}
