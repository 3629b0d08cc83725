namespace ToolRuntime.Tools;

/// <summary>
/// Something a model or a client can call. One instance serves all sessions at once, so it keeps no state of a call.
/// </summary>
public interface ITool
{
    /// <summary>What the tool is. Constant for the life of the process.</summary>
    ToolDescriptor Descriptor { get; }

    /// <summary>
    /// Runs one attempt, outside any grain. The arguments fit the schema. A failure is a returned <see cref="ToolResult"/>;
    /// an exception is a bug or a lost transport and is classified by the runner. The token is cancelled at cancel, time-out, deadline and
    /// loss of the silo: everything started must be ended before the task ends.
    /// </summary>
    Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken);

    /// <summary>
    /// What outside the tool a call depends on, a host say. When many calls that name the same fail retryably or time out, further ones
    /// fail at once for a while (<c>circuit_open</c>). Null where failures of one call say nothing about others. Default: the same for all
    /// calls of the tool.
    /// </summary>
    string? CircuitOf(ToolCall call) => "";
}
