namespace ToolRuntime.Runners;

/// <summary>
/// One attempt to run. Its time-out is the execution grain's business, which calls <see cref="RunnerHost.Cancel"/>; the tool is only told
/// the deadline. <c>Trace</c>: the <c>traceparent</c> that it runs below. <c>Batch</c>: what it is one of. <c>Subject</c>: on whose account it runs, where that is known. <c>Earlier</c>: attempts of other
/// tools, which this one has taken over from.
/// </summary>
internal sealed record RunnerSpec(SessionKey Session, string ExecutionId, int Attempt, string Tool, JsonText Arguments, DateTimeOffset Deadline, bool TakesInput = false, string? Trace = null, string? Batch = null, string? Subject = null, int Earlier = 0)
{
    /// <summary>Whether it is open until people end it.</summary>
    public bool Endless { get; init; }

    /// <summary>The call's id in its batch.</summary>
    public string? CallId { get; init; }

    /// <summary>The reply that asked for it.</summary>
    public string? MessageId { get; init; }

    /// <summary>1 for the tool's first attempt at this call.</summary>
    public int OfTool => Attempt - Earlier;
}
