using System.Collections.Immutable;
using ToolRuntime.Batches;
using ToolRuntime.Events;
using ToolRuntime.Jobs;
using ToolRuntime.Messages;
using ToolRuntime.Named;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>Applies one entry of the log. Live sessions and replays go through it alike.</summary>
internal static class SessionFold
{
    public static SessionState Apply(SessionState state, SessionEvent happened, EntryNote? note)
    {
        state = happened switch
        {
            SessionConfigured e => state with { Parameters = e.Parameters },
            SessionShared e => state with { Members = e.Subjects, MembersUntold = state.HasJobs },
            SessionReset e => new SessionState
            {
                Parameters = state.Parameters,
                Members = state.Members,
                Commands = state.Commands,
                CommandOrder = state.CommandOrder,
                Title = state.Title,
                TitleOf = state.TitleOf,
                Erasures = [new(e.Seq)],
                HasJobs = state.HasJobs,
                JobReports = state.JobReports,
                MembersUntold = state.MembersUntold,
                DeletedBy = note?.DeletedBy,
            },
            MessageCreated => Add(state, Create(happened, note)),
            ConversationStateChanged { From: null } => Open(state, Create(happened, note)),
            BatchStarted e => Begin(state, e, note),
            ProcessDefined e => Define(state, e),
            ProcessChanged e => state with { Processes = [.. state.Processes.Select(process => process.Name == e.Name ? process.After(e, note?.Process) : process)] },
            ProcessRemoved e => state with { Processes = [.. state.Processes.Where(process => process.Name != e.Name)] },
            { ExecutionId: { } id } => EvolveExecution(state, id, happened, note),
            { BatchId: { } id } => EvolveBatch(state, id, happened, note),
            { MessageId: { } id } => EvolveMessage(state, id, happened, note),
            _ => state,
        };
        state = SessionTitles.Apply(state, happened, note);
        state = note?.Command is { } command ? Remember(state, CommandKey(command.Subject, command.Id), new(command.Hash, command.Answer)) : state;
        return state with { Head = happened.Seq };
    }

    public static string CommandKey(string subject, string id) => $"{subject}/{id}";

    public static SessionState Remember(SessionState state, string key, RememberedCommand command)
    {
        var order = state.Commands.ContainsKey(key) ? state.CommandOrder : state.CommandOrder.Enqueue(key);
        var commands = state.Commands.SetItem(key, command);
        if (commands.Count > SessionState.KeptCommands)
        {
            order = order.Dequeue(out var oldest);
            commands = commands.Remove(oldest);
        }

        return state with { Commands = commands, CommandOrder = order };
    }

    /// <summary>A message as its first event makes it.</summary>
    public static MessageState Create(SessionEvent happened, EntryNote? note) => happened switch
    {
        MessageCreated e => new() { Id = e.MessageId!, Role = e.Role, Text = e.Text, By = e.By, At = e.At, FirstSeq = e.Seq, Status = MessageStatus.Completed },
        ConversationStateChanged { From: null } e => new()
        {
            Id = e.MessageId!,
            Role = "assistant",
            At = e.At,
            FirstSeq = e.Seq,
            Status = e.To,
            ReplyTo = note?.Reply?.ReplyTo,
            AskedModel = note?.Reply?.Model,
            Tools = note?.Reply?.Tools,
            Trace = note?.Reply?.Trace,
            Account = note?.Reply?.Account,
            Settings = note?.Reply?.Settings,
            Interrupts = note?.Reply?.Interrupts ?? false,
        },
        _ => throw new InvalidOperationException($"{happened.GetType().Name} creates no message."),
    };

    /// <summary>A message after one more of its events.</summary>
    public static MessageState Evolve(MessageState before, SessionEvent happened, EntryNote? note)
    {
        var after = MessageMachine.Evolve(before, happened);
        if (note?.Usage is { } usage) after = after with { Usage = MessageMachine.Sum(after.Usage, usage) };
        return note?.Provided is { } provided ? after with { Provided = [.. after.Provided ?? [], new(after.Round, provided)] } : after;
    }

    private static SessionState Define(SessionState state, ProcessDefined e) => state.Process(e.Name) is { } known
        ? state with { Processes = state.Processes.Replace(known, known with { Definition = e.Process }) }
        : state with { Processes = state.Processes.Add(new NamedProcess { Name = e.Name, Definition = e.Process }) };

    private static SessionState Open(SessionState state, MessageState reply) => Add(state with { OpenReplies = state.OpenReplies.Add(reply.Id) }, reply);

    private static SessionState Add(SessionState state, MessageState message)
    {
        state = state with { Messages = state.Messages.SetItem(message.Id, message), MessageOrder = state.MessageOrder.Add(message.Id) };
        while (state.MessageOrder.Length > SessionState.KeptMessages && OldestEnded(state) is { } oldest)
        {
            foreach (var batch in oldest.Batches) state = Drop(state, batch);
            state = state with { Messages = state.Messages.Remove(oldest.Id), MessageOrder = state.MessageOrder.Remove(oldest.Id) };
        }

        return state;
    }

    private static MessageState? OldestEnded(SessionState state)
    {
        foreach (var id in state.MessageOrder)
        {
            if (state.Messages[id] is { IsFinal: true } ended) return ended;
        }

        return null;
    }

    private static SessionState Begin(SessionState state, BatchStarted e, EntryNote? note)
    {
        var executions = state.Executions.ToBuilder();
        foreach (var tool in e.Tools)
        {
            executions[tool.ExecutionId] = new()
            {
                Id = tool.ExecutionId,
                BatchId = e.BatchId!,
                MessageId = e.MessageId,
                CallId = tool.CallId,
                Index = tool.Index,
                Name = tool.Name,
                Arguments = tool.Arguments,
                EstimatedMs = tool.EstimatedMs,
                Input = tool.Input == true,
                Terminal = tool.Terminal is { } size ? new(size.Cols, size.Rows) : null,
                Plan = note!.Plans!.Value[tool.Index],
            };
        }

        var batch = new BatchState
        {
            Id = e.BatchId!,
            MessageId = e.MessageId,
            MaxParallel = e.MaxParallel,
            OnFailure = note?.OnFailure ?? Commands.FailurePolicy.Continue,
            StartedAt = e.At,
            ProgressAt = e.At,
            Deadline = e.Deadline,
            Executions = [.. e.Tools.Select(t => t.ExecutionId)],
            Counts = new() { Pending = e.Total },
            Job = e.Job,
            By = note?.Job?.By,
            Webhook = note?.Job?.Webhook,
            Scheduled = e.Job?.NotBefore is not null,
        };
        state = state with { Executions = executions.ToImmutable(), Batches = state.Batches.SetItem(batch.Id, batch), OpenBatches = state.OpenBatches.Add(batch.Id) };
        if (e.Job is not null) state = state with { HasJobs = true };
        if (e.MessageId is { } message) return EvolveMessage(state, message, e, null);
        state = state with { FreeBatches = state.FreeBatches.Add(batch.Id) };
        foreach (var id in state.FreeBatches)
        {
            if (state.FreeBatches.Length <= SessionState.KeptBatches) break;
            if (state.Batches[id].IsFinal) state = Drop(state, id) with { FreeBatches = state.FreeBatches.Remove(id) };
        }

        return state;
    }

    private static SessionState Drop(SessionState state, string batchId) => state.Batches.TryGetValue(batchId, out var batch)
        ? state with { Batches = state.Batches.Remove(batchId), Executions = state.Executions.RemoveRange(batch.Executions) }
        : state;

    private static SessionState EvolveExecution(SessionState state, string id, SessionEvent happened, EntryNote? note)
    {
        if (!state.Executions.TryGetValue(id, out var before)) return state;
        var after = ExecutionMachine.Evolve(before, happened);
        if (happened is ToolStarted) after = after with { Starter = note?.Starter, Silo = note?.Silo };
        if (note?.Kept is { } kept) after = after with { Kept = kept };
        state = state with { Executions = state.Executions.SetItem(id, after) };
        var batch = state.Batches[after.BatchId];
        var moved = BatchMachine.Moved(batch, before, after, happened);
        return ReferenceEquals(moved, batch) ? state : state with { Batches = state.Batches.SetItem(batch.Id, moved) };
    }

    private static SessionState EvolveBatch(SessionState state, string id, SessionEvent happened, EntryNote? note)
    {
        if (!state.Batches.TryGetValue(id, out var before)) return state;
        var after = BatchMachine.Evolve(before, happened);
        if (note?.Ending is { } ending) after = after with { Ending = ending };
        state = state with { Batches = state.Batches.SetItem(id, after) };
        if (!after.IsFinal || before.IsFinal) return state;
        state = state with { OpenBatches = state.OpenBatches.Remove(id) };
        return after.Job is null ? state : state with { JobReports = state.JobReports.Add(JobReports.ReportOf(after, state.Execution, happened.Seq)) };
    }

    private static SessionState EvolveMessage(SessionState state, string id, SessionEvent happened, EntryNote? note)
    {
        if (!state.Messages.TryGetValue(id, out var before)) return state;
        var after = Evolve(before, happened, note);
        state = state with { Messages = state.Messages.SetItem(id, after) };
        if (happened is MessageDeleted)
        {
            foreach (var batch in before.Batches) state = Drop(state, batch);
        }

        if (happened is MessageDeleted) state = state with { Erasures = state.Erasures.Add(new(happened.Seq, id, after.FirstSeq)) };
        if (!after.IsReply || before.IsFinal == after.IsFinal) return state;
        return state with { OpenReplies = after.IsFinal ? state.OpenReplies.Remove(id) : state.OpenReplies.Add(id) };
    }
}
