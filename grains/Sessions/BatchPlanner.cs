using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Jobs;
using ToolRuntime.Messages;
using ToolRuntime.Named;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Tools;

namespace ToolRuntime.Sessions;

/// <summary>Turns calls into a batch: checks them, gives them ids, and notes what was decided about each.</summary>
internal sealed class BatchPlanner(
    ToolCatalog catalog, IOptions<BatchOptions> options, FallbackChains? fallbacks = null, JobRules? jobs = null, ToolPolicies? policies = null)
{
    public const int MaxCalls = 1_000;
    public const int MaxWaitMs = 86_400_000;

    /// <summary>By whom a batch is paused until its time.</summary>
    private const string Schedule = "schedule";

    // An attempt begins later than its batch.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    /// <summary>The command with each call by its tool's own name and arguments.</summary>
    public RunTools Resolve(RunTools command) => command.Calls.IsDefaultOrEmpty
        ? command
        : command with { Calls = [.. command.Calls.Select(c => c with { Tool = catalog.NameOf(c.Tool), Arguments = catalog.ArgumentsOf(c.Tool, c.Arguments) })] };

    /// <summary>Refuses the whole command if anything about it is wrong.</summary>
    public Rejection? Check(RunTools command)
    {
        if (command.Calls.IsDefaultOrEmpty || command.Calls.Length > MaxCalls) return Invalid($"calls must hold 1 to {MaxCalls} calls.");
        if (command.MaxWaitMs is < 1 or > MaxWaitMs) return Invalid($"maxWaitMs must be 1 to {MaxWaitMs}.");
        if (command.MaxParallel is < 1 or > MaxCalls) return Invalid($"maxParallel must be 1 to {MaxCalls}.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < command.Calls.Length; i++)
        {
            var call = command.Calls[i];
            if (call.TimeoutMs is < 1 or > MaxWaitMs) return Invalid($"calls[{i}].timeoutMs must be 1 to {MaxWaitMs}.");
            if (call.CallId is { } callId && (!EntityId.IsValid(callId) || !seen.Add(callId))) return Invalid($"calls[{i}].callId must be an id, and unique in the batch.");
            if (catalog.Find(call.Tool) is null) return Missing(call.Tool, i);
            if (catalog.Validate(call.Tool, call.Arguments) is { } violation)
            {
                return new(ErrorCode.InvalidArguments, $"calls[{i}].arguments{violation.Path} {violation.Reason}", Details: Details(i, violation.Path, violation.Reason));
            }
        }

        return null;
    }

    /// <summary>Refuses calls of tools that need more of a key than the caller's has, whatever they are called by.</summary>
    public Rejection? CheckScopes(RunTools command, Caller caller) =>
        !caller.HostProcesses && !command.Calls.IsDefaultOrEmpty
            && command.Calls.Select(call => catalog.Find(catalog.NameOf(call.Tool))?.Descriptor).FirstOrDefault(tool => tool?.Scope is not null) is { } tool
            ? new(ErrorCode.Forbidden, $"The key lacks {tool.Scope}, which the tool {tool.Name} needs.")
            : null;

    /// <summary>Refuses a job that can't be as it is asked for.</summary>
    public Rejection? CheckJob(RunTools command, string tenant, DateTimeOffset now) => command.Job is { } job ? (jobs ?? JobRules.Usual).Check(job, tenant, now) : null;

    /// <summary>Why a tool can't be named: there is none, or its server is down just now.</summary>
    public Rejection Missing(string tool, int? index = null)
    {
        var missing = catalog.WhyMissing(tool);
        var (code, reason) = missing.Retryable ? (ErrorCode.Unavailable, "unavailable") : (ErrorCode.NotFound, "unknown tool");
        return new(code, missing.Message, missing.Retryable, Details: index is { } at ? Details(at, "/tool", reason) : null);
    }

    /// <summary>Refuses a name that no tool has; one that may come yet is none of these.</summary>
    public Rejection? Unknown(string tool) => catalog.Find(tool) is null && Missing(tool) is { Retryable: false } unknown ? unknown : null;

    /// <summary>Starts the batch of a checked command.</summary>
    public (string BatchId, ImmutableArray<string> Executions) Begin(SessionTurn turn, RunTools command, string subject = "", ExecutionAccount? account = null)
    {
        TimeSpan? wait = command.MaxWaitMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
        var ids = CallIds.Distinct([.. command.Calls.Select(c => c.CallId)], EntityId.IsValid);
        var calls = command.Calls.Select((c, i) => new ModelCall(ids[i], c.Tool, c.Arguments)).ToArray();
        var asked = new Asked(wait, command.MaxParallel, command.OnFailure ?? FailurePolicy.Continue, turn.Trace, account ?? turn.Account)
        {
            Job = command.Job is { } job ? JobRules.InfoOf(job, turn.Now) : null,
            Note = command.Job is null ? null : new(subject, command.Job.Webhook),
        };
        return Emit(turn, null, calls, command.Calls.Select(c => c.TimeoutMs).ToArray(), asked);
    }

    /// <summary>Starts the batch of a model's calls; a wrong one fails alone.</summary>
    public void Begin(SessionTurn turn, string messageId, ImmutableArray<ModelCall> calls)
    {
        var reply = turn.State.Messages[messageId];
        calls = [.. calls.Select(c => c with { Tool = catalog.NameOf(c.Tool), Arguments = catalog.ArgumentsOf(c.Tool, c.Arguments) })];
        var (batchId, executions) = Emit(turn, messageId, calls.AsSpan(), new int?[calls.Length], new(null, null, FailurePolicy.Continue, reply.Trace, reply.Account));
        for (var i = 0; i < calls.Length; i++)
        {
            if (Fault(calls[i], reply.Tools) is { } fault) turn.Trigger(turn.State.Executions[executions[i]], new RefuseCall(fault));
        }

        SessionRules.AfterExecution(turn, batchId);
    }

    private (string BatchId, ImmutableArray<string> Executions) Emit(
        SessionTurn turn, string? messageId, ReadOnlySpan<ModelCall> calls, ReadOnlySpan<int?> timeouts, Asked batch)
    {
        var (asked, durations) = (Timeouts(calls, timeouts), new CallDurations(turn.State));
        var wait = batch.MaxWait ?? WaitFor(calls, asked);
        var batchId = EntityId.New("bat");
        var planned = ImmutableArray.CreateBuilder<PlannedTool>(calls.Length);
        var plans = ImmutableArray.CreateBuilder<ExecutionPlan>(calls.Length);
        for (var i = 0; i < calls.Length; i++)
        {
            var descriptor = catalog.Find(calls[i].Tool)?.Descriptor;
            var id = EntityId.New("exe");
            var timeout = asked[i].Within(wait);
            planned.Add(new(id, calls[i].CallId, i, calls[i].Tool, descriptor?.Description ?? "", calls[i].Arguments, descriptor?.EstimatedMs ?? 0, TakesInput(descriptor, calls[i].Arguments))
            {
                TimeoutMs = timeout.AskedMs is null ? null : timeout.Ms,
                TimeoutCapped = timeout.IsCapped ? true : null,
                Terminal = descriptor?.Terminal?.SizeFor(calls[i].Arguments.ToElement()),
            });
            var plan = Plan(descriptor, calls[i].Arguments, timeout.Ms, turn.State.Parameters) with
            {
                Trace = batch.Trace,
                Account = batch.Account,
                Priority = batch.Job?.Priority ?? default,
                UsualMs = durations.Of(calls[i].Tool, calls[i].Arguments),
            };
            if (Fallbacks(turn.State, messageId, calls[i], timeouts[i], wait, plan.Pool) is { IsEmpty: false } others) plan = plan with { Fallbacks = others };
            var asks = plan.NeedsApproval || plan.Fallbacks?.Any(other => other.NeedsApproval) == true;
            plans.Add(asks ? plan with { ApprovalMs = (long)options.Value.ApprovalWait.TotalMilliseconds } : plan);
        }

        var started = new BatchStarted(calls.Length, turn.Now + wait, Math.Min(batch.MaxParallel ?? options.Value.MaxParallel, MaxCalls), planned.ToImmutable())
        {
            BatchId = batchId,
            MessageId = messageId,
            Job = batch.Job,
            Title = messageId is null ? SessionTitles.First(turn.State, SessionTitles.Of(planned.Select(tool => (tool.Name, tool.Arguments)))) : null,
        };
        turn.Emit(started, new EntryNote { Plans = plans.MoveToImmutable(), OnFailure = batch.OnFailure, Job = batch.Note });
        if (batch.Job?.NotBefore is not null) turn.Emit(new BatchPaused(Schedule) { BatchId = batchId });
        return (batchId, [.. started.Tools.Select(t => t.ExecutionId)]);
    }

    /// <summary>The tools that may take over a call, with why some of them can't.</summary>
    private ImmutableArray<FallbackPlan> Fallbacks(SessionState state, string? messageId, ModelCall call, int? timeoutMs, TimeSpan wait, string? pool)
    {
        if (fallbacks is null || catalog.Find(call.Tool) is null || fallbacks.Of(call.Tool) is not { IsEmpty: false } chain) return [];
        var allowed = messageId is null ? null : state.Messages[messageId].Tools;
        return [.. chain.Select(Of)];

        FallbackPlan Of(string tool)
        {
            var descriptor = catalog.Find(tool)?.Descriptor;
            var timeout = CallTimeout.Of(descriptor, call.Arguments, timeoutMs, options.Value.AttemptTimeout).Within(wait);
            var plan = Plan(descriptor, call.Arguments, timeout.Ms, state.Parameters);
            // An execution stays on the silos that it was placed for.
            // What a key must be allowed is checked for the tool that was called.
            var misfit = descriptor?.Scope is { } scope ? $"it needs the scope {scope}" : Fault(call with { Tool = tool }, allowed)?.Message.TrimEnd('.') ?? (plan.Pool is null || plan.Pool == pool ? null : $"it runs in the pool {plan.Pool}");
            return new(tool, plan.TimeoutMs, plan.Idempotent, plan.NeedsApproval, plan.StartsProcess, plan.TotalMs, misfit);
        }
    }

    private CallTimeout[] Timeouts(ReadOnlySpan<ModelCall> calls, ReadOnlySpan<int?> timeouts)
    {
        var all = new CallTimeout[calls.Length];
        for (var i = 0; i < all.Length; i++) all[i] = CallTimeout.Of(catalog.Find(calls[i].Tool)?.Descriptor, calls[i].Arguments, timeouts[i], options.Value.AttemptTimeout);
        return all;
    }

    /// <summary>How long a batch waits that says nothing: long enough also for what a call asks for, as far as its tool bounds that.</summary>
    private TimeSpan WaitFor(ReadOnlySpan<ModelCall> calls, CallTimeout[] timeouts)
    {
        var wait = options.Value.MaxWait;
        for (var i = 0; i < timeouts.Length; i++)
        {
            if ((timeouts[i].AskedMs is null && catalog.Find(calls[i].Tool)?.Descriptor.Endless != true) || catalog.Find(calls[i].Tool)?.Descriptor.MaxTimeoutMs is null) continue;
            var needed = TimeSpan.FromMilliseconds(timeouts[i].Ms) + Margin;
            if (needed > wait) wait = needed;
        }

        return wait;
    }

    private ExecutionPlan Plan(ToolDescriptor? descriptor, JsonText arguments, int timeoutMs, JsonText parameters) => new(
        timeoutMs,
        descriptor?.Idempotency == Idempotency.Yes || (descriptor?.Idempotency == Idempotency.WhenArgumentsSay && Says(arguments, "idempotent")),
        descriptor is not null && AsksApproval(descriptor, parameters),
        descriptor?.StartsProcess ?? false,
        TotalMs: descriptor?.TotalTimeoutMs is { } total ? Math.Max(total, timeoutMs) : null)
    {
        Output = descriptor?.KeptBytes is { } newest ? new(0, newest)
            : descriptor?.Terminal is { } terminal && terminal.SizeFor(arguments.ToElement()) is not null ? new(0, terminal.KeptBytes)
            : new(options.Value.FirstOutputBytes, options.Value.LastOutputBytes),
        Endless = descriptor?.Endless ?? false,
        Pool = descriptor is null ? null : policies?.For(descriptor.Name).Options.Pool,
    };

    /// <summary>A named process is a command line: it has to be approved where those have to be, too.</summary>
    private bool AsksApproval(ToolDescriptor descriptor, JsonText parameters) =>
        descriptor.NeedsApproval || SessionParameters.AsksApproval(parameters, descriptor.Name)
        || (descriptor.Name == NamedRunContract.Tool && catalog.Find("shell")?.Descriptor is { } shell && AsksApproval(shell, parameters));

    /// <param name="call">A model's call.</param>
    /// <param name="allowed">The tools that the message names; null means all.</param>
    private ToolError? Fault(ModelCall call, ImmutableArray<string>? allowed)
    {
        if (call.Fault is { } fault) return fault;
        if (allowed is { } named && !named.Contains(call.Tool)) return NotAllowed(call.Tool, named);
        if (catalog.Find(call.Tool) is not { } tool) return catalog.WhyMissing(call.Tool) with { Retryable = false };
        if (tool.Descriptor.Scope is { } scope) return new(ToolErrorCodes.ToolNotAllowed, $"The tool '{call.Tool}' is for people whose key has {scope}, and for no model.");
        return catalog.Validate(call.Tool, call.Arguments) is { } violation ? new(ToolErrorCodes.InvalidArguments, $"arguments{violation.Path} {violation.Reason}") : null;
    }

    private static ToolError NotAllowed(string tool, ImmutableArray<string> named) =>
        new(
            ToolErrorCodes.ToolNotAllowed,
            $"The tool '{tool}' is not allowed in this message; {(named.IsEmpty ? "no tool is" : $"allowed are {string.Join(", ", named)}")}.");

    private static bool? TakesInput(ToolDescriptor? descriptor, JsonText arguments) =>
        descriptor?.Input == ToolInput.Yes || descriptor?.Terminal?.SizeFor(arguments.ToElement()) is not null || (descriptor?.Input == ToolInput.WhenArgumentsSay && Says(arguments, "input")) ? true : null;

    private static bool Says(JsonText arguments, string name)
    {
        var element = arguments.ToElement();
        return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;
    }

    /// <summary>What is asked of a batch besides its calls.</summary>
    private sealed record Asked(TimeSpan? MaxWait, int? MaxParallel, FailurePolicy OnFailure, string? Trace, ExecutionAccount? Account)
    {
        public JobInfo? Job { get; init; }

        public JobNote? Note { get; init; }
    }

    private static Rejection Invalid(string message) => new(ErrorCode.InvalidCommand, message);

    private static JsonText Details(int index, string path, string reason) => JsonText.Object(writer =>
    {
        writer.WriteNumber("index", index);
        writer.WriteString("path", path);
        writer.WriteString("reason", reason);
    });
}
