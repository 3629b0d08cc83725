using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace ToolRuntime.Tools.Mcp;

/// <summary>One session with a server, from its handshake until it is lost. Shared by all calls.</summary>
internal sealed class McpConnection : IAsyncDisposable
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    // The package handles messages side by side, so a call's answer can be there before its last progress is.
    private static readonly TimeSpan LastProgress = TimeSpan.FromMilliseconds(20);

    private readonly McpClient client;
    private readonly McpEndpoint endpoint;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, McpProgress> calls;
    private readonly CancellationTokenSource closed = new();
    private long count;

    private McpConnection(McpClient client, McpEndpoint endpoint, ConcurrentDictionary<string, McpProgress> calls, TimeProvider time)
    {
        (this.client, this.endpoint, this.calls, this.time) = (client, endpoint, calls, time);
        Lost = WatchAsync();
    }

    /// <summary>Ends when the server is gone; says why.</summary>
    public Task<string> Lost { get; }

    /// <summary>Opens a session.</summary>
    /// <param name="endpoint">Belongs to the connection from now on, also if it can't be made.</param>
    /// <param name="timeout">How long the handshake may take.</param>
    /// <param name="listChanged">Called when the server says that its tools have changed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<McpConnection> OpenAsync(McpEndpoint endpoint, TimeSpan timeout, Action listChanged, TimeProvider time, CancellationToken cancellationToken)
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
            TimeProvider = time,
            Handlers = new()
            {
                NotificationHandlers =
                [
                    new(NotificationMethods.ToolListChangedNotification, (_, _) => Handled(listChanged)),
                    new(NotificationMethods.ProgressNotification, (notification, _) => Handled(() => Report(notification, calls))),
                ],
            },
        };
        try
        {
            // No logger: at its finest level the package would log whole messages.
            var connecting = McpClient.CreateAsync(endpoint.Transport, options, NullLoggerFactory.Instance, cancellationToken);
            if (await Task.WhenAny(connecting, endpoint.Ended) == endpoint.Ended) throw new McpUnavailableException(await endpoint.Ended);
            return new(await connecting, endpoint, calls, time);
        }
        catch
        {
            await endpoint.Owner.DisposeAsync();
            throw;
        }
    }

    /// <summary>The server's tools, at most <paramref name="max"/>. Ends when the token is cancelled, with what came until then.</summary>
    public Task<McpToolList> ListAsync(int max, CancellationToken cancellationToken) => McpToolList.ReadAsync(client, max, cancellationToken);

    /// <summary>Calls a tool. When the token is cancelled this ends at once, and the server is told so.</summary>
    /// <exception cref="IOException">The connection was lost.</exception>
    public async Task<McpAnswer> CallAsync(string tool, JsonElement arguments, McpProgress progress, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closed.Token);
        var call = new McpCall(client, FormattableString.Invariant($"call-{Interlocked.Increment(ref count)}"));
        calls[call.Id] = progress;
        try
        {
            var answer = await call.RunAsync(tool, arguments, ended.Token);
            if (progress.Any) await Task.Delay(LastProgress, time, ended.Token);
            return answer;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The connection was lost.", e);
        }
        finally
        {
            calls.TryRemove(call.Id, out _);
        }
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
        if (await Task.WhenAny(completed, endpoint.Ended) == endpoint.Ended) return await endpoint.Ended;
        return (await completed).Exception?.Message ?? "it closed the connection";
    }

    private static void Report(JsonRpcNotification notification, ConcurrentDictionary<string, McpProgress> calls)
    {
        if (notification.Params.Deserialize<ProgressNotificationParams>(McpJsonUtilities.DefaultOptions) is not { ProgressToken.Token: string token } told) return;
        if (calls.TryGetValue(token, out var progress)) progress.Report(told.Progress);
    }

    private static ValueTask Handled(Action handle)
    {
        handle();
        return ValueTask.CompletedTask;
    }
}
