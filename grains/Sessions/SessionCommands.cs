using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Messages;
using ToolRuntime.Models;
using ToolRuntime.Named;
using ToolRuntime.Runners;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>Carries out commands on a session's machines. A refusal leaves the turn empty.</summary>
internal sealed class SessionCommands(BatchPlanner planner, ToolCatalog catalog, IModelCatalog models, IOptions<RunnerOptions>? runners = null)
{
    public const int MaxQueuedReplies = 20;

    /// <summary>Longest title, in characters.</summary>
    public const int MaxTitle = 200;

    public SessionProcesses Processes { get; } = new(planner, runners?.Value.Lease ?? TimeSpan.Zero);

    /// <summary>Whether the command leaves something to erase, and is only done once that is.</summary>
    public static bool Erases(SessionCommand command) => command is DeleteMessage or ResetSession;

    /// <summary>Whether the command drops what runs, and so waits until its processes have ended.</summary>
    public static bool Drops(SessionCommand command) => command is ResetSession or DeleteSession;

    /// <summary>Whether the command is the owner's alone.</summary>
    public static bool IsOwners(SessionCommand command) => command is ShareSession or DeleteSession;

    /// <summary>Whether the command makes a session that does not exist.</summary>
    public static bool Creates(SessionCommand command) => command is SendMessage or RunTools or ConfigureSession or PutProcess;

    /// <summary>Extra members of the answer besides <c>seq</c>, or why not.</summary>
    public (Action<Utf8JsonWriter>? Answer, Rejection? Error) Apply(SessionTurn turn, SessionCommand command, string subject) => command switch
    {
        SendMessage c => Send(turn, c, subject),
        RunTools c => Run(turn, c, subject),
        CancelMessage c => Reply(turn, c.MessageId, reply => Cancel(turn, reply, subject)),
        RetryMessage c => Reply(turn, c.MessageId, reply => Retry(turn, reply)),
        PauseMessage c => Reply(turn, c.MessageId, reply => Pause(turn, reply, subject)),
        ResumeMessage c => Reply(turn, c.MessageId, reply => Resume(turn, reply, subject)),
        CancelBatch c => Batch(turn, c.BatchId, batch => Close(turn, batch, subject)),
        PauseBatch c => Batch(turn, c.BatchId, batch => Pause(turn, batch, subject)),
        ResumeBatch c => Batch(turn, c.BatchId, batch => Resume(turn, batch, subject)),
        CancelTool c => Execution(turn, c.ExecutionId, new CancelExecution(c.Reason ?? $"Cancelled by {subject}.")),
        ApproveTool c => Execution(turn, c.ExecutionId, new ApproveExecution(subject, c.Reason)),
        DenyTool c => Execution(turn, c.ExecutionId, new DenyExecution(subject, c.Reason)),
        ConfigureSession c => Configure(turn, c, subject),
        ShareSession c => Share(turn, c, subject),
        RenameSession c => Rename(turn, c, subject),
        ResetSession => Drop(turn, subject, null),
        DeleteSession => Drop(turn, subject, new() { DeletedBy = subject }),
        EditMessage c => Edit(turn, c, subject),
        DeleteMessage c => Delete(turn, c, subject),
        _ when SessionProcesses.IsAbout(command) => (null, Processes.Apply(turn, command, subject)),
        _ => Refuse(ErrorCode.InvalidCommand, "This server does not know the command."),
    };

    private (Action<Utf8JsonWriter>? Answer, Rejection? Error) Send(SessionTurn turn, SendMessage command, string subject)
    {
        if (string.IsNullOrWhiteSpace(command.Text)) return Refuse(ErrorCode.InvalidCommand, "text must not be empty.");
        var asked = command.Model ?? SessionParameters.Model(turn.State.Parameters);
        if (asked is { } model && !models.Contains(model)) return Refuse(ErrorCode.NotFound, $"There is no model '{model}'.");
        var own = new ModelSettings(command.System, command.Temperature, command.MaxOutputTokens, command.Reasoning, command.ShowReasoning);
        if (own.Fault() is { } fault) return Refuse(ErrorCode.InvalidCommand, fault);
        var settings = own.Or(SessionParameters.Settings(turn.State.Parameters));
        if (command.Tools is { } named) command = command with { Tools = [.. named.Select(catalog.NameOf)] };
        if (command.Tools?.FirstOrDefault(name => catalog.Find(name) is null) is { } unknown) return (null, planner.Missing(unknown));
        var open = turn.State.OpenReplies;
        if (command.Policy == QueuePolicy.Reject && !open.IsEmpty) return Refuse(ErrorCode.Conflict, "Another reply is open.");
        if (command.Policy == QueuePolicy.Interrupt)
        {
            if (open.FirstOrDefault(id => turn.State.Messages[id].HoldsTurn) is { } active)
            {
                SessionRules.CancelReply(turn, turn.State.Messages[active], "Interrupted by a new message.");
            }
        }
        else if (open.Count(id => turn.State.Messages[id].Status == MessageStatus.Queued) >= MaxQueuedReplies)
        {
            return Refuse(ErrorCode.QuotaExceeded, $"{MaxQueuedReplies} replies wait already.");
        }

        var (messageId, replyId) = (EntityId.New("msg"), EntityId.New("msg"));
        turn.Emit(new MessageCreated("user", command.Text, subject, SessionTitles.First(turn.State, SessionTitles.Of(command.Text))) { MessageId = messageId });
        turn.Emit(
            new ConversationStateChanged(MessageStatus.Queued) { MessageId = replyId },
            new EntryNote
            {
                Reply = new(messageId, asked, command.Tools, turn.Trace, turn.Account, settings == ModelSettings.None ? null : settings, command.Policy == QueuePolicy.Interrupt),
            });
        SessionRules.NextReply(turn);
        return Done(writer =>
        {
            writer.WriteString("messageId", messageId);
            writer.WriteString("replyId", replyId);
        });
    }

    private (Action<Utf8JsonWriter>? Answer, Rejection? Error) Run(SessionTurn turn, RunTools command, string subject)
    {
        command = planner.Resolve(command);
        if ((planner.Check(command) ?? planner.CheckJob(command, turn.Tenant, turn.Now)) is { } refused) return (null, refused);
        var (batchId, executions) = planner.Begin(turn, command, subject);
        return Done(writer =>
        {
            writer.WriteString("batchId", batchId);
            writer.WriteStartArray("executionIds");
            foreach (var id in executions) writer.WriteStringValue(id);
            writer.WriteEndArray();
        });
    }

    private static Rejection? Cancel(SessionTurn turn, MessageState reply, string subject)
    {
        if (reply.IsFinal) return Ended("reply", reply.Status.ToString());
        SessionRules.CancelReply(turn, reply, $"Cancelled by {subject}.");
        SessionRules.NextReply(turn);
        return null;
    }

    private static Rejection? Retry(SessionTurn turn, MessageState reply) =>
        turn.State.OpenReplies.Any(id => turn.State.Messages[id].HoldsTurn)
            ? new(ErrorCode.Conflict, "Another reply is active.")
            : Check(turn.Trigger(reply, new RetryReply()), "reply", reply.Status.ToString());

    private static Rejection? Close(SessionTurn turn, BatchState batch, string subject)
    {
        if (batch.IsFinal) return Ended("batch", batch.Status.ToString());
        SessionRules.CloseBatch(turn, batch, BatchTriggerKind.Cancel, $"Cancelled by {subject}.");
        return null;
    }

    /// <summary>Holds a reply: its open batch, and whatever it would begin next.</summary>
    private static Rejection? Pause(SessionTurn turn, MessageState reply, string subject)
    {
        if (OpenBatch(turn, reply) is { Ending: not null }) return new(ErrorCode.Conflict, "The reply's batch is ending.");
        if (Check(turn.Trigger(reply, new PauseReply(subject)), "reply", reply.Status.ToString()) is { } refused) return refused;
        if (OpenBatch(turn, reply) is { Status: BatchStatus.Executing } batch) Pause(turn, batch, subject);
        return null;
    }

    /// <summary>Lets a reply go on, and its batch, also where only that was paused.</summary>
    private static Rejection? Resume(SessionTurn turn, MessageState reply, string subject)
    {
        var batch = OpenBatch(turn, reply) is { Status: BatchStatus.Paused } paused ? paused : null;
        if ((reply.Paused || batch is null) && Check(turn.Trigger(reply, new ResumeReply(subject)), "reply", reply.Status.ToString()) is { } refused) return refused;
        if (batch is not null) Resume(turn, batch, subject);
        SessionRules.NextReply(turn);
        return null;
    }

    /// <summary>Pauses a batch.</summary>
    public static Rejection? Pause(SessionTurn turn, BatchState batch, string subject)
    {
        if (Check(turn.Trigger(batch, new BatchTrigger(BatchTriggerKind.Pause, subject)), "batch", batch.Status.ToString()) is { } refused) return refused;
        SuspendAll(turn, batch, new SuspendExecution());
        return null;
    }

    private static Rejection? Resume(SessionTurn turn, BatchState batch, string subject)
    {
        if (Check(turn.Trigger(batch, new BatchTrigger(BatchTriggerKind.Resume, subject)), "batch", batch.Status.ToString()) is { } refused) return refused;
        SuspendAll(turn, batch, new ContinueExecution());
        SessionRules.AfterExecution(turn, batch.Id);
        return null;
    }

    /// <summary>Suspends or continues the running executions of a batch.</summary>
    public static void SuspendAll(SessionTurn turn, BatchState batch, ExecutionTrigger trigger)
    {
        foreach (var id in batch.Executions)
        {
            if (turn.State.Execution(id) is { Status: ExecutionStatus.Executing } running) turn.Trigger(running, trigger);
        }
    }

    private (Action<Utf8JsonWriter>? Answer, Rejection? Error) Configure(SessionTurn turn, ConfigureSession command, string subject)
    {
        var changes = command.Parameters.ToElement();
        if (changes.ValueKind != JsonValueKind.Object) return Refuse(ErrorCode.InvalidCommand, "parameters must be an object.");
        if (SessionParameters.Check(changes, planner.Unknown) is { } wrong) return (null, wrong);
        var merged = SessionParameters.Merge(turn.State.Parameters, changes);
        if (merged.Json.Length > SessionParameters.MaxBytes) return Refuse(ErrorCode.TooLarge, $"Parameters may take {SessionParameters.MaxBytes} bytes.");
        turn.Emit(new SessionConfigured(merged, subject));
        if (changes.TryGetProperty("approvalGranted", out _)) ApproveGranted(turn, subject);
        return Done();
    }

    /// <summary>What waits for approval of a tool that need not ask any more is approved.</summary>
    private static void ApproveGranted(SessionTurn turn, string subject)
    {
        foreach (var id in turn.State.OpenBatches.SelectMany(batch => turn.State.Batches[batch].Executions))
        {
            if (turn.State.Execution(id) is not { Status: ExecutionStatus.AwaitingApproval } asks || !SessionParameters.GrantsApproval(turn.State.Parameters, asks.Runs)) continue;
            turn.Trigger(asks, new ApproveExecution(subject, null));
            SessionRules.AfterExecution(turn, asks.BatchId);
        }
    }

    private static (Action<Utf8JsonWriter>? Answer, Rejection? Error) Share(SessionTurn turn, ShareSession command, string subject)
    {
        if (command.Subjects.IsDefault || command.Subjects.Length > 100 || !command.Subjects.All(EntityId.IsValid))
        {
            return Refuse(ErrorCode.InvalidCommand, "subjects must hold at most 100 ids.");
        }

        turn.Emit(new SessionShared([.. command.Subjects.Distinct()], subject));
        return Done();
    }

    private static (Action<Utf8JsonWriter>? Answer, Rejection? Error) Edit(SessionTurn turn, EditMessage command, string subject)
    {
        if (string.IsNullOrWhiteSpace(command.Text)) return Refuse(ErrorCode.InvalidCommand, "text must not be empty.");
        var title = turn.State.TitleOf == command.MessageId ? SessionTitles.Of(command.Text) : null;
        return (null, Change(turn, command.MessageId, new MessageEdited(command.Text, subject, title)));
    }

    private static (Action<Utf8JsonWriter>? Answer, Rejection? Error) Delete(SessionTurn turn, DeleteMessage command, string subject)
    {
        if (turn.State.TitleOf != command.MessageId) return (null, Change(turn, command.MessageId, new MessageDeleted(subject)));
        var (title, of) = SessionTitles.Derive(turn.State, except: command.MessageId);
        return (null, Change(turn, command.MessageId, new MessageDeleted(subject, title), new() { TitleOf = of }));
    }

    private static (Action<Utf8JsonWriter>? Answer, Rejection? Error) Rename(SessionTurn turn, RenameSession command, string subject)
    {
        if (command.Title.Length > MaxTitle) return Refuse(ErrorCode.TooLarge, $"title may take {MaxTitle} characters.");
        var named = string.Join(' ', command.Title.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var (title, of) = named.Length > 0 ? (named, null) : SessionTitles.Derive(turn.State);
        turn.Emit(new SessionRenamed(title, subject), new() { TitleOf = of });
        return Done();
    }

    private static Rejection? Change(SessionTurn turn, string id, SessionEvent change, EntryNote? note = null)
    {
        if (!turn.State.Messages.TryGetValue(id, out var message) || message.Deleted) return new(ErrorCode.NotFound, "There is no such message.");
        if (!turn.State.OpenReplies.IsEmpty) return new(ErrorCode.Conflict, "A reply is open.");
        turn.Emit(change with { MessageId = message.Id }, note);
        return null;
    }

    private static (Action<Utf8JsonWriter>? Answer, Rejection? Error) Drop(SessionTurn turn, string subject, EntryNote? note)
    {
        SessionRules.Reset(turn, subject, note);
        return Done();
    }

    private static (Action<Utf8JsonWriter>? Answer, Rejection? Error) Reply(SessionTurn turn, string id, Func<MessageState, Rejection?> act) =>
        turn.State.Messages.TryGetValue(id, out var message) && message.IsReply ? (null, act(message)) : Refuse(ErrorCode.NotFound, "There is no such reply.");

    private static (Action<Utf8JsonWriter>? Answer, Rejection? Error) Batch(SessionTurn turn, string id, Func<BatchState, Rejection?> act) =>
        turn.State.Batches.TryGetValue(id, out var batch) ? (null, act(batch)) : Refuse(ErrorCode.NotFound, "There is no such batch.");

    private static BatchState? OpenBatch(SessionTurn turn, MessageState reply) =>
        reply.Batches.LastOrDefault(turn.State.OpenBatches.Contains) is { } id ? turn.State.Batches[id] : null;

    private static (Action<Utf8JsonWriter>? Answer, Rejection? Error) Execution(SessionTurn turn, string id, ExecutionTrigger trigger)
    {
        if (turn.State.Execution(id) is not { } execution) return Refuse(ErrorCode.NotFound, "There is no such execution.");
        if (Check(turn.Trigger(execution, trigger), "execution", execution.Status.ToString()) is { } refused) return (null, refused);
        SessionRules.AfterExecution(turn, execution.BatchId);
        return Done();
    }

    private static Rejection? Check(Machines.Decision decision, string what, string status) => decision.Rejection ?? (decision.Applied ? null : Ended(what, status));

    private static Rejection Ended(string what, string status) => new(ErrorCode.Conflict, $"The {what} is {JsonNamingPolicy.SnakeCaseLower.ConvertName(status)} already.");

    private static (Action<Utf8JsonWriter>? Answer, Rejection? Error) Done(Action<Utf8JsonWriter>? answer = null) => (answer, null);

    private static (Action<Utf8JsonWriter>? Answer, Rejection? Error) Refuse(ErrorCode code, string message) => (null, new(code, message));
}
