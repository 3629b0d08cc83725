using System.Text;

namespace ToolRuntime.Load.Client;

/// <summary>What became of one command: a batch without a message, or a message and its reply.</summary>
internal sealed class Step
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isReply;

    public long SentAt { get; init; }

    public long FirstStartedAt { get; private set; }

    public long LastStartedAt { get; private set; }

    public long FirstOutputAt { get; private set; }

    public long EndedAt { get; private set; }

    public int Started { get; private set; }

    public int Completed { get; private set; }

    /// <summary>Executions that ended otherwise.</summary>
    public int Failed { get; private set; }

    /// <summary>When progress was told.</summary>
    public List<long> Progress { get; } = [];

    /// <summary>The errors of those.</summary>
    public List<string> Errors { get; } = [];

    public Task Ended => ended.Task;

    public void Fail(Exception exception) => ended.TrySetException(exception);

    public void Take(in EventView happened)
    {
        if (happened.Is("tool.output"u8))
        {
            if (FirstOutputAt == 0) FirstOutputAt = happened.ReceivedAt;
            return;
        }

        if (happened.Is("tool.completed"u8))
        {
            Completed++;
        }
        else if (happened.Is("tool.progress"u8))
        {
            Progress.Add(happened.ReceivedAt);
        }
        else if (happened.Is("tool.started"u8))
        {
            if (Started++ == 0) FirstStartedAt = happened.ReceivedAt;
            LastStartedAt = happened.ReceivedAt;
        }
        else if (happened.Is("tool.failed"u8) || happened.Is("tool.timeout"u8) || happened.Is("tool.cancelled"u8))
        {
            Failed++;
            Errors.Add(Encoding.UTF8.GetString(happened.Error));
        }
        else if (happened.Is("conversation.state"u8))
        {
            isReply = true;
            if (happened.To.SequenceEqual("completed"u8) || happened.To.SequenceEqual("error"u8) || happened.To.SequenceEqual("cancelled"u8)) End(happened.ReceivedAt);
        }
        else if (!isReply && (happened.Is("batch.completed"u8) || happened.Is("batch.failed"u8) || happened.Is("batch.timeout"u8) || happened.Is("batch.cancelled"u8)))
        {
            End(happened.ReceivedAt);
        }
    }

    /// <summary>Throws unless all executions were successful.</summary>
    public Step Successful(int executions) => Completed == executions && Failed == 0
        ? this
        : throw new InvalidOperationException($"{Completed} of {executions} executions were successful, {Failed} failed.");

    private void End(long at)
    {
        EndedAt = at;
        ended.TrySetResult();
    }
}
