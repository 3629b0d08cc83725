using System.Net;
using System.Net.WebSockets;
using ToolRuntime.Events;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>
/// Follows a command's log live until it tells the command's end. A broken connection is made again; the log then comes from its beginning, so what has been taken is skipped by its number of
/// bytes. No more than a block is held: who does not take output holds the connection back.
/// </summary>
internal sealed class CommandLog(DaytonaOptions options, DaytonaToolbox toolbox, RunningCommand command, ToolCounters counters, TimeProvider time)
{
    private const int Block = 16 * 1024;
    private const int EndsHeard = 2;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(20);

    private readonly LogStreams streams = new();
    private readonly EndToken output = new(command.Token), errors = new(command.Token);
    private long taken;

    /// <summary>What the command told of its end, see <see cref="EndToken.Words"/>.</summary>
    /// <exception cref="CommandLostException">Nobody can say how it ended.</exception>
    public async Task<EndToken> FollowAsync(Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> write, CancellationToken cancellationToken)
    {
        var (since, wait, ended, quiet) = (time.GetTimestamp(), FirstWait, false, 0);
        while (true)
        {
            var before = taken;
            var whole = await TryFollowAsync(write, cancellationToken);
            if (IsOver) return output;
            if (taken > before) (since, wait) = (time.GetTimestamp(), FirstWait);
            // Its record says only that there will be no more; how it ended it told us itself, or nobody knows. The connection may have been closed too early, so it is asked twice.
            quiet = ended && whole && taken == before ? quiet + 1 : 0;
            if (quiet == EndsHeard)
            {
                if (output.Words is not null) return output;
                throw new CommandLostException("it ended without telling its exit code");
            }

            ended = await HasEndedAsync(cancellationToken);
            if (time.GetElapsedTime(since) >= options.ReconnectFor) throw new CommandLostException("its log can't be followed");
            if (!ended || !whole) await Task.Delay(wait, time, cancellationToken);
            if (wait < LongestWait) wait *= 2;
        }
    }

    private bool IsOver => output.Words is not null && errors.Words is not null;

    /// <summary>Follows it over one connection; says whether the other side closed that in order, with nothing more to come.</summary>
    private async Task<bool> TryFollowAsync(Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> write, CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + options.ApiKey);
        socket.Options.SetRequestHeader(DaytonaHttp.SplitHeader, "true");
        (socket.Options.KeepAliveInterval, socket.Options.KeepAliveTimeout, socket.Options.CollectHttpResponseDetails) = (KeepAlive, KeepAlive, true);
        try
        {
            await ConnectAsync(socket, cancellationToken);
            return await ReadAsync(socket, write, cancellationToken);
        }
        catch (WebSocketException) when (IsGone(socket.HttpStatusCode))
        {
            throw new CommandLostException($"the sandbox does not know it any more ({(int)socket.HttpStatusCode})");
        }
        catch (Exception e) when (e is WebSocketException or IOException or HttpRequestException or TimeoutException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    private async Task ConnectAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(options.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        counters.AddApiCalls(1);
        await socket.ConnectAsync(toolbox.LogOf(command.Session, command.Id), stop.Token);
    }

    private async Task<bool> ReadAsync(ClientWebSocket socket, Func<OutputStream, ReadOnlyMemory<byte>, ValueTask> write, CancellationToken cancellationToken)
    {
        var (block, skip) = (new byte[Block], taken);
        while (!IsOver)
        {
            var received = await socket.ReceiveAsync(block.AsMemory(), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close) return skip == 0 && socket.CloseStatus is WebSocketCloseStatus.NormalClosure;
            var known = (int)Math.Min(skip, received.Count);
            skip -= known;
            taken += received.Count - known;
            await streams.TakeAsync(block.AsMemory(known..received.Count), FoundAsync);
        }

        return true;

        ValueTask FoundAsync(OutputStream stream, ReadOnlyMemory<byte> bytes)
        {
            var whole = (stream == OutputStream.Stdout ? output : errors).Take(bytes);
            return whole.IsEmpty ? ValueTask.CompletedTask : write(stream, whole);
        }
    }

    private async Task<bool> HasEndedAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await toolbox.HasEndedAsync(command.Session, command.Id, cancellationToken);
        }
        catch (ProviderException e) when (e.Status is { } status && IsGone(status))
        {
            throw new CommandLostException($"the sandbox does not know it any more ({(int)status})");
        }
        catch (ProviderException e) when (!e.Error.Retryable && e.Status is not null)
        {
            throw new CommandLostException(e.Message);
        }
        catch (ProviderException)
        {
            return false;
        }
    }

    private static bool IsGone(HttpStatusCode status) => status is HttpStatusCode.NotFound or HttpStatusCode.Gone;
}

/// <summary>A command that runs in a sandbox.</summary>
/// <param name="Session">Its session of processes.</param>
/// <param name="Id">Its id there.</param>
/// <param name="Token">What tells its end.</param>
internal sealed record RunningCommand(string Session, string Id, string Token);

/// <summary>Nobody can say how a command ended.</summary>
internal sealed class CommandLostException(string why) : Exception($"The sandbox lost the command: {why}.");
