using System.Collections.Immutable;
using ToolRuntime.Batches;
using ToolRuntime.Jobs;
using ToolRuntime.Messages;
using ToolRuntime.Named;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Sessions;

/// <summary>A session as the fold of its log. Immutable, so that a snapshot can be written while the session goes on.</summary>
internal sealed record SessionState
{
    public const int KeptMessages = 200;
    public const int KeptBatches = 50;
    public const int KeptCommands = 1_000;

    /// <summary>The last event's seq.</summary>
    public long Head { get; init; }
    public JsonText Parameters { get; init; } = JsonText.EmptyObject;
    public ImmutableArray<string> Members { get; init; } = [];

    /// <summary>What it is called, and after which message or batch; after none where people have named it.</summary>
    public string? Title { get; init; }
    public string? TitleOf { get; init; }

    /// <summary>Messages in order of creation.</summary>
    public ImmutableArray<string> MessageOrder { get; init; } = [];
    public ImmutableDictionary<string, MessageState> Messages { get; init; } = ImmutableDictionary<string, MessageState>.Empty;

    /// <summary>Batches of no message, in order of creation.</summary>
    public ImmutableArray<string> FreeBatches { get; init; } = [];
    public ImmutableDictionary<string, BatchState> Batches { get; init; } = ImmutableDictionary<string, BatchState>.Empty;
    public ImmutableDictionary<string, ExecutionState> Executions { get; init; } = ImmutableDictionary<string, ExecutionState>.Empty;

    /// <summary>Remembered commands by <c>subject/id</c>, and their order.</summary>
    public ImmutableDictionary<string, RememberedCommand> Commands { get; init; } = ImmutableDictionary<string, RememberedCommand>.Empty;
    public ImmutableQueue<string> CommandOrder { get; init; } = [];

    /// <summary>Named processes, in order of definition.</summary>
    public ImmutableArray<NamedProcess> Processes { get => field.IsDefault ? [] : field; init; } = []; // absent in older snapshots

    /// <summary>Batches that have not ended, in order: what is done with all of them comes out the same in every process.</summary>
    public ImmutableArray<string> OpenBatches { get; init; } = [];

    /// <summary>Replies that have not ended, in order.</summary>
    public ImmutableArray<string> OpenReplies { get; init; } = [];

    /// <summary>What is to be erased from the log and has not been yet. Taken out by who has erased it, not by an event: a replay finds it again until a snapshot says so.</summary>
    public ImmutableArray<Erasure> Erasures { get; init; } = [];

    /// <summary>Who deletes the session; nothing else happens to it any more.</summary>
    public string? DeletedBy { get; init; }

    /// <summary>Whether there ever was a job.</summary>
    public bool HasJobs { get; init; }

    /// <summary>Ends of jobs that are still to be told. Taken out by who has told them, not by an event: a replay finds them again until a snapshot says so.</summary>
    public ImmutableArray<JobReport> JobReports { get => field.IsDefault ? [] : field; init; } = []; // absent in older snapshots

    /// <summary>Whether the list of jobs is still to be told who the members are; taken out as <see cref="JobReports"/> are.</summary>
    public bool MembersUntold { get; init; }

    public bool HasOpenWork => !OpenBatches.IsEmpty || !OpenReplies.IsEmpty || HasLeftovers || HasBusyProcesses;

    /// <summary>When the next job begins, where all open work is jobs that wait for their time.</summary>
    public DateTimeOffset? NextStart
    {
        get
        {
            if (!OpenReplies.IsEmpty || HasLeftovers || HasBusyProcesses) return null;
            DateTimeOffset? next = null;
            foreach (var id in OpenBatches)
            {
                if (Batches[id] is not { Scheduled: true, Job.NotBefore: { } start }) return null;
                if (next is null || start < next) next = start;
            }

            return next;
        }
    }

    private bool HasBusyProcesses => Processes.Any(static process => !process.IsAtRest);

    private bool HasLeftovers => !Erasures.IsEmpty || !JobReports.IsEmpty || MembersUntold || DeletedBy is not null;

    public SessionState Erased(ImmutableArray<Erasure> done) => this with { Erasures = [.. Erasures.Where(e => !done.Contains(e))] };

    /// <summary>The session with one batch and nothing else, or null where there is no such batch.</summary>
    public SessionState? Only(string batchId) => Batches.TryGetValue(batchId, out var batch)
        ? new()
        {
            Head = Head,
            Parameters = Parameters,
            Members = Members,
            Title = Title,
            Batches = ImmutableDictionary<string, BatchState>.Empty.Add(batchId, batch),
            Executions = batch.Executions.Select(id => KeyValuePair.Create(id, Executions[id])).ToImmutableDictionary(),
        }
        : null;

    public NamedProcess? Process(string name)
    {
        foreach (var process in Processes)
        {
            if (process.Name == name) return process;
        }

        return null;
    }

    /// <summary>The same with one execution, and not even its batch.</summary>
    public SessionState? OnlyExecution(string id) => Execution(id) is { } execution
        ? new() { Head = Head, Members = Members, Title = Title, Executions = ImmutableDictionary<string, ExecutionState>.Empty.Add(id, execution) }
        : null;

    public ExecutionState? Execution(string id) => Executions.GetValueOrDefault(id);
}

/// <summary>What an event wants erased: the text of a message, from its first entry on, or (no message) everything before the event.</summary>
internal sealed record Erasure(long Seq, string? MessageId = null, long From = 1);

/// <summary>A command that was applied.</summary>
internal sealed record RememberedCommand(string Hash, JsonText Answer);
