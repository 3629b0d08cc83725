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
    /// an exception is a bug or a lost transport and is classified by the runner. The token is cancelled at cancel, time-out, deadline and loss of the silo:
    /// everything started must be ended before the task ends.
    /// </summary>
    Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken);
}
