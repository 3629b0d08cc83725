namespace ToolRuntime.Runners;

/// <summary>
/// One attempt to run. Its time-out is the execution grain's business, which calls <see cref="RunnerHost.Cancel"/>; the tool is only told
/// the deadline. <c>Trace</c>: the <c>traceparent</c> that it runs below. <c>Batch</c>: what it is one of. <c>Subject</c>: on whose account it runs, where that is known.
/// </summary>
internal sealed record RunnerSpec(SessionKey Session, string ExecutionId, int Attempt, string Tool, JsonText Arguments, DateTimeOffset Deadline, bool TakesInput = false, string? Trace = null, string? Batch = null, string? Subject = null);
