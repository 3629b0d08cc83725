using System.Net;
using System.Text.Json;
using ModelContextProtocol;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Mcp.Messages;

namespace ToolRuntime.Tools.Mcp;

/// <summary>A server's tool. It outlives connections: a call finds the one that is up.</summary>
internal sealed class McpTool(McpServer server, McpToolDefinition definition, ToolDescriptor descriptor) : ITool
{
    /// <summary>The server gave an error instead of an answer, or one that can't be read.</summary>
    public const string ProtocolErrorCode = "mcp_error";

    public McpToolDefinition Definition => definition;

    public ToolDescriptor Descriptor => descriptor;

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        await context.CheckpointAsync(cancellationToken);
        if (server.Connection is not { } connection) return Unavailable();
        context.Counters.AddApiCalls(1);
        try
        {
            McpAnswer answer;
            try
            {
                answer = await connection.CallAsync(definition.Name, call.Arguments, new McpProgress(context), cancellationToken);
            }
            catch (McpSessionLostException)
            {
                // The server refused the call, so that it may be sent again whatever the tool does, once.
                if (await server.AfterAsync(connection, cancellationToken) is not { } next) return Unavailable();
                connection = next;
                answer = await connection.CallAsync(definition.Name, call.Arguments, new McpProgress(context), cancellationToken);
            }

            return await FileGuard.RunAsync(() => McpResult.OfAsync(answer, context, server.MaxResultText, cancellationToken));
        }
        catch (McpProtocolException e) when (e.ErrorCode == McpErrorCode.InvalidParams)
        {
            return Failure(ToolErrorCodes.InvalidArguments, e.Message);
        }
        // An invalid operation is the package's way to say that the server asks for what we don't offer.
        catch (Exception e) when (e is McpProtocolException or JsonException or FormatException or NotSupportedException
            or (InvalidOperationException and not ObjectDisposedException))
        {
            return Failure(ProtocolErrorCode, e.Message);
        }
        // Of the package's own exceptions what is left is a stream that ended without the answer.
        catch (Exception e) when (e is McpException or McpSessionLostException or HttpRequestException or IOException
            or ObjectDisposedException or TimeoutException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            server.Doubt(connection, e);
            return Lost(e);
        }
    }

    /// <summary>The call never reached the server, so it may be repeated whatever the tool does.</summary>
    private ToolResult Unavailable() => ToolResult.Failure(new(ToolErrorCodes.Unavailable, server.NotConnected, Retryable: true));

    /// <summary>
    /// Nobody knows how far the call came: also a refused connection may have been the package's try to take up a broken stream again.
    /// </summary>
    private ToolResult Lost(Exception e)
    {
        var reason = e is HttpRequestException { StatusCode: HttpStatusCode status }
            ? $"answered with HTTP status {(int)status}"
            : "was lost in the middle of the call";
        return ToolResult.Failure(
            new(ToolErrorCodes.TransportFailed, $"The MCP server '{server.Name}' {reason}.", descriptor.Idempotency == Idempotency.Yes));
    }

    private static ToolResult Failure(string code, string message) =>
        ToolResult.Failure(new(code, McpText.Shorten(message, McpResult.MaxError)));
}
