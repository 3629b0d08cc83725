namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>The server broke a promise of the protocol.</summary>
internal sealed class ProtocolViolationException(string message) : Exception(message);

/// <summary>A command was answered by an <c>error</c>.</summary>
internal sealed class CommandRefusedException(string code, string message, int? reconnectAfterMs = null) : Exception($"{code}: {message}")
{
    public string Code { get; } = code;

    public int? ReconnectAfterMs { get; } = reconnectAfterMs;
}
