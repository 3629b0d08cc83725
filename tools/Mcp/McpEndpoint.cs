using ModelContextProtocol.Client;

namespace ToolRuntime.Tools.Mcp;

/// <summary>A way to a server that was opened for one connection, which disposes of it.</summary>
/// <param name="Transport">Carries the messages.</param>
/// <param name="Ended">Ends when the server is gone though its streams may not be closed; says why.</param>
/// <param name="Owner">What is behind it.</param>
internal sealed record McpEndpoint(IClientTransport Transport, Task<string> Ended, IAsyncDisposable Owner);

/// <summary>Opens a way to a server.</summary>
internal delegate Task<McpEndpoint> McpConnector(CancellationToken cancellationToken);

/// <summary>A server can't be used; the message is for the log.</summary>
internal sealed class McpUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
