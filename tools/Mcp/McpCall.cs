using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ToolRuntime.Tracing;

namespace ToolRuntime.Tools.Mcp;

/// <summary>
/// One <c>tools/call</c>. Its id is ours, so that it can be called off: the package does that only if its own wait happens to end after its notice was sent,
/// and never over HTTP, where it just drops the request.
/// </summary>
internal sealed class McpCall(McpClient client, string id)
{
    private static readonly TimeSpan NoticeTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The request's id, which is its progress token as well.</summary>
    public string Id => id;

    public async Task<McpAnswer> RunAsync(string tool, JsonElement arguments, CancellationToken cancellationToken)
    {
        var abandoned = new CancellationTokenSource();
        var answering = client.SendRequestAsync(Request(tool, arguments), abandoned.Token);
        try
        {
            var answer = await answering.WaitAsync(cancellationToken);
            abandoned.Dispose();
            return McpAnswer.Read(answer.Result);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            _ = CallOffAsync(answering, abandoned);
            throw;
        }
    }

    private JsonRpcRequest Request(string tool, JsonElement arguments) => new()
    {
        Id = new(id),
        Method = RequestMethods.ToolsCall,
        Params = new JsonObject
        {
            ["name"] = tool,
            ["arguments"] = JsonNode.Parse(arguments.GetRawText()),
            ["_meta"] = Meta(),
        },
    };

    /// <summary>The progress token, and the trace that the call is part of, as the protocol's convention has it.</summary>
    private JsonObject Meta()
    {
        var meta = new JsonObject { ["progressToken"] = id };
        if (TraceContext.Outgoing is { } trace) meta[TraceContext.Key] = trace;
        return meta;
    }

    /// <summary>Tells the server, which may be slow to take it, and drops the request. Never throws.</summary>
    private async Task CallOffAsync(Task answering, CancellationTokenSource abandoned)
    {
        using var limit = new CancellationTokenSource(NoticeTimeout);
        var notice = new CancelledNotificationParams { RequestId = new(id), Reason = "The execution was cancelled." };
        var told = client.SendNotificationAsync(NotificationMethods.CancelledNotification, notice, McpJsonUtilities.DefaultOptions, limit.Token);
        await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await abandoned.CancelAsync();
        await answering.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        abandoned.Dispose();
    }
}
