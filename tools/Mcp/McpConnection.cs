using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ToolRuntime.Tools.Mcp.Messages;

namespace ToolRuntime.Tools.Mcp;

/// <summary>One session with a server, from its handshake until it is lost. Shared by all calls.</summary>
internal sealed class McpConnection : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan MaxProbe = TimeSpan.FromSeconds(5);

    private readonly McpClient client;
    private readonly McpEndpoint endpoint;
    private readonly ConcurrentDictionary<string, McpProgress> calls;
    private readonly CancellationTokenSource closed = new();
    private readonly TaskCompletionSource sessionLost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource unused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long count;

    private McpConnection(McpClient client, McpEndpoint endpoint, ConcurrentDictionary<string, McpProgress> calls)
    {
        (this.client, this.endpoint, this.calls) = (client, endpoint, calls);
        Lost = WatchAsync();
    }

    /// <summary>Ends when the server is gone; says why.</summary>
    public Task<string> Lost { get; }

    /// <summary>Whether what was lost is the session, while the server is there.</summary>
    public bool IsSessionLost => sessionLost.Task.IsCompleted;

    /// <summary>Opens a session.</summary>
    /// <param name="endpoint">Belongs to the connection from now on, also if it can't be made.</param>
    /// <param name="timeout">How long the handshake may take.</param>
    /// <param name="listChanged">Called when the server says that its tools have changed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<McpConnection> OpenAsync(
        McpEndpoint endpoint, TimeSpan timeout, Action listChanged, TimeProvider time, CancellationToken cancellationToken)
    {
        var calls = new ConcurrentDictionary<string, McpProgress>(StringComparer.Ordinal);
        var options = new McpClientOptions
        {
            ClientInfo = new()
            {
                Name = "toolruntime",
                Version = "1",
            },
            InitializationTimeout = timeout,
            // An older server may say nothing to the question that comes first; time has to be left for the handshake that it knows.
            DiscoverProbeTimeout = timeout / 2 < MaxProbe ? timeout / 2 : MaxProbe,
            TimeProvider = time,
            Handlers = new()
            {
                NotificationHandlers =
                [
                    new(NotificationMethods.ToolListChangedNotification, (_, _) => Handled(listChanged)),
                ],
            },
        };
        try
        {
            var transport = new OrderedProgress(endpoint.Transport, notification => Report(notification, calls));
            // No logger: at its finest level the package would log whole messages.
            var connecting = McpClient.CreateAsync(transport, options, NullLoggerFactory.Instance, cancellationToken);
            if (await Task.WhenAny(connecting, endpoint.Ended) == endpoint.Ended) throw new McpUnavailableException(await endpoint.Ended);
            return new(await connecting, endpoint, calls);
        }
        catch
        {
            await endpoint.Owner.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server's tools, at most <paramref name="max"/>. Ends when the token is cancelled, with what came until then.</summary>
    public async Task<McpToolList> ListAsync(int max, CancellationToken cancellationToken)
    {
        try
        {
            return await McpToolList.ReadAsync(client, max, cancellationToken);
        }
        catch (McpSessionLostException)
        {
            sessionLost.TrySetResult();
            throw;
        }
    }

    /// <summary>Calls a tool. When the token is cancelled this ends at once, and the server is told so.</summary>
    /// <exception cref="IOException">The connection was lost.</exception>
    /// <exception cref="McpSessionLostException">The server did not take the call, since it does not know the session any more.</exception>
    public async Task<McpAnswer> CallAsync(string tool, JsonElement arguments, McpProgress progress, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closed.Token);
        var call = new McpCall(client, FormattableString.Invariant($"call-{Interlocked.Increment(ref count)}"));
        calls[call.Id] = progress;
        try
        {
            // After it is registered: either it is seen by who retires the connection, or it sees that the session is lost.
            if (IsSessionLost) throw new McpSessionLostException();
            return await call.RunAsync(tool, arguments, ended.Token);
        }
        catch (McpSessionLostException)
        {
            sessionLost.TrySetResult();
            throw;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The connection was lost.", e);
        }
        finally
        {
            calls.TryRemove(call.Id, out _);
            EndIfUnused();
        }
    }

    /// <summary>Closes the connection when its calls have ended, of their own or because the token is cancelled. Never throws.</summary>
    public async Task RetireAsync(CancellationToken stop)
    {
        EndIfUnused();
        await unused.Task.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync();
        await ((Task)client.DisposeAsync().AsTask().WaitAsync(CloseTimeout)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await endpoint.Owner.DisposeAsync();
    }

    private async Task<string> WatchAsync()
    {
        var completed = client.Completion;
        var first = await Task.WhenAny(completed, endpoint.Ended, sessionLost.Task);
        if (first == endpoint.Ended) return await endpoint.Ended;
        if (first == sessionLost.Task) return "it does not know the session any more";
        return (await completed).Exception?.Message ?? "it closed the connection";
    }

    private void EndIfUnused()
    {
        if (IsSessionLost && calls.IsEmpty) unused.TrySetResult();
    }

    private static void Report(JsonRpcNotification notification, ConcurrentDictionary<string, McpProgress> calls)
    {
        try
        {
            var told = notification.Params.Deserialize<ProgressNotificationParams>(McpJsonUtilities.DefaultOptions);
            if (told?.ProgressToken.Token is string token && calls.TryGetValue(token, out var progress)) progress.Report(told.Progress);
        }
        catch (JsonException)
        {
            // No progress that can be read: the call goes on.
        }
    }

    private static ValueTask Handled(Action handle)
    {
        handle();
        return ValueTask.CompletedTask;
    }
}
