namespace ToolRuntime.Runners;
using ToolRuntime.Events;
using ToolRuntime.Tools;
internal sealed record RunnerSpec(SessionKey Session, string ExecutionId, int Attempt, string Tool, JsonText Arguments, DateTimeOffset Deadline);
internal enum RunnerOutcome { Succeeded, Failed, Cancelled }
internal interface IRunnerSink
{
    Task<bool> WriteOutputAsync(OutputStream stream, long offset, ReadOnlyMemory<byte> bytes, long dropped, CancellationToken ct);
    Task<bool> ReportProgressAsync(string stage, double? percent, string? message, JsonText? details, CancellationToken ct);
    Task<bool> ReportWaitingAsync(long elapsedMs, string message, CancellationToken ct);
    Task HeartbeatAsync();
    Task EndAsync(RunnerEnd end);
}
internal sealed record RunnerEnd(RunnerOutcome Outcome, JsonText Result, string Summary, ToolError? Error, long ElapsedMs, ToolMetrics Metrics, string? Kept);
internal sealed class ProcessSlot : IDisposable { public void Dispose() { } }
internal sealed class RunnerOptions { public TimeSpan LostAfter { get; set; } }
internal sealed class RunnerHost
{
    public bool Start(RunnerSpec spec, IRunnerSink sink, ProcessSlot? slot) => true;
    public bool IsRunning(SessionKey session, string executionId, int attempt) => true;
    public void Cancel(SessionKey session, string executionId, int? attempt) { }
    public void Suspend(SessionKey session, string executionId, int attempt) { }
    public void Continue(SessionKey session, string executionId, int attempt) { }
    public ValueTask<ProcessSlot> AcquireAsync(CancellationToken ct) => new(new ProcessSlot());
}
internal static class OutputEncoder { public static (string? Text, string? Base64) Encode(ReadOnlySpan<byte> b) => (System.Text.Encoding.UTF8.GetString(b), null); }
internal sealed record SchemaViolation(string Path, string Reason);
internal sealed class ToolCatalog
{
    public IReadOnlyList<ITool> All => [];
    public ITool? Find(string n) => null;
    public SchemaViolation? Validate(string n, JsonText a) => null;
}
