using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using ToolRuntime.Tools.Mcp.Messages;

namespace ToolRuntime.Tools.Mcp;

/// <summary>
/// One configured server: keeps a connection to it, opens the next one when that is lost, and knows its tools. Tools of a lost server stay;
/// their calls fail until it is back.
/// </summary>
internal sealed partial class McpServer
{
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(10);

    private readonly McpOptions all;
    private readonly McpServerOptions options;
    private readonly McpConnector connector;
    private readonly McpToolSet tools;
    private readonly IRedactor redactor;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock gate = new();
    private volatile McpConnection? connection;
    private TaskCompletionSource<McpConnection?> opening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task retiring = Task.CompletedTask;
    private bool reported;

    public McpServer(string name, McpOptions all, McpConnector connector, IRedactor redactor, TimeProvider time, ILogger logger)
    {
        (Name, this.all, options, this.connector, this.redactor, this.time, this.logger) = (
            name, all, all.Servers[name], connector, redactor, time, logger);
        tools = new(this, options);
    }

    /// <summary>Raised after <see cref="Tools"/> has changed.</summary>
    public event Action? Changed;

    public string Name { get; }

    public int MaxResultText => all.MaxResultText;

    /// <summary>The tools as they were last told.</summary>
    public ImmutableArray<ITool> Tools { get; private set; } = [];

    /// <summary>Null while there is none. Its session may be lost.</summary>
    public McpConnection? Connection => connection;

    /// <summary>What a caller gets to read while there is no connection.</summary>
    public string NotConnected => $"The MCP server '{Name}' is not connected.";

    /// <summary>A call failed on its way: whether the server is there is looked at now and not at the next turn.</summary>
    public void Doubt(McpConnection doubted, Exception reason)
    {
        LogDoubted(Name, redactor.Redact(reason.Message));
        if (doubted == connection) Look();
    }

    /// <summary>The connection that comes after one whose session is lost; null if the server is not there any more.</summary>
    public async Task<McpConnection?> AfterAsync(McpConnection lost, CancellationToken cancellationToken)
    {
        Task<McpConnection?> next;
        lock (gate)
        {
            if (connection != lost) return connection;
            next = opening.Task;
        }

        return await next.WaitAsync(cancellationToken);
    }

    /// <summary>Connects again and again until the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await ConnectAsync(stop);
        Opened(null);
        await retiring;
    }

    private async Task ConnectAsync(CancellationToken stop)
    {
        for (var failures = 0; !stop.IsCancellationRequested;)
        {
            var began = time.GetTimestamp();
            try
            {
                await ServeAsync(stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (McpSessionLostException)
            {
                // The server is there, and calls wait for the next session. Only one that was lost at once is not followed at once.
                LogSessionLost(Name);
                if (time.GetElapsedTime(began) > Steady) continue;
                failures = 1;
            }
            catch (Exception e)
            {
                Opened(null);
                failures = time.GetElapsedTime(began) > Steady ? 1 : failures + 1;
                ReportLost(e);
            }

            await Task.Delay(Pause(failures), time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>One connection, from its opening until it is lost, which is an exception.</summary>
    /// <exception cref="McpSessionLostException">Only the session was lost, after it had served.</exception>
    private async Task ServeAsync(CancellationToken stop)
    {
        var opened = await OpenAsync(stop);
        try
        {
            await RenewAsync(opened, stop);
            reported = false;
            LogConnected(Name, Tools.Length);
            Opened(opened);
            while (true)
            {
                await WaitAsync(opened, stop);
                if (opened.IsSessionLost) throw new McpSessionLostException();
                if (opened.Lost.IsCompleted) throw new McpUnavailableException(await opened.Lost);
                await RenewAsync(opened, stop);
            }
        }
        catch (McpSessionLostException e) when (connection != opened)
        {
            throw new McpUnavailableException(e.Message, e);
        }
        finally
        {
            // One whose session is lost stays until it is known whether there is a next: its calls wait for that.
            // Those under way may go on.
            if (opened.IsSessionLost)
            {
                retiring = Task.WhenAll(retiring, opened.RetireAsync(stop));
            }
            else
            {
                connection = null;
                await opened.DisposeAsync();
            }
        }
    }

    /// <summary>Tells those that wait for it.</summary>
    private void Opened(McpConnection? opened)
    {
        TaskCompletionSource<McpConnection?> waited;
        lock (gate)
        {
            connection = opened;
            (waited, opening) = (opening, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        waited.SetResult(opened);
    }

    private async Task<McpConnection> OpenAsync(CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return await McpConnection.OpenAsync(await connector(linked.Token), options.ConnectTimeout, Look, time, linked.Token);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new McpUnavailableException("it did not answer in time", e);
        }
    }

    /// <summary>Until there is news, or it is time to look again.</summary>
    private async Task WaitAsync(McpConnection opened, CancellationToken stop)
    {
        using var next = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAny(opened.Lost, news.Reader.WaitToReadAsync(next.Token).AsTask(), Task.Delay(all.RefreshEvery, time, next.Token));
        await next.CancelAsync();
        news.Reader.TryRead(out _);
        stop.ThrowIfCancellationRequested();
    }

    private async Task RenewAsync(McpConnection opened, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(options.ConnectTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        McpToolList list;
        try
        {
            list = await opened.ListAsync(all.MaxTools, linked.Token);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            throw new McpUnavailableException("it did not list its tools in time", e);
        }

        stop.ThrowIfCancellationRequested();
        if (!list.IsComplete) LogIncomplete(Name, list.Tools.Count);
        var next = tools.Of(list, Tools, all.MaxTools);
        if (next.SequenceEqual(Tools)) return;
        Tools = next;
        Changed?.Invoke();
    }

    private TimeSpan Pause(int failures)
    {
        var pause = all.ReconnectAfter * Math.Pow(2, Math.Min(failures - 1, 20));
        return pause < all.MaxReconnectAfter ? pause : all.MaxReconnectAfter;
    }

    private void Look() => news.Writer.TryWrite(true);

    // Once at length; a server that stays away does not fill the log.
    private void ReportLost(Exception e)
    {
        if (reported) LogStillAway(Name, redactor.Redact(e.Message));
        else LogAway(Name, redactor.Redact(e.Message));
        reported = true;
    }
}
