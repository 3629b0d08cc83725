namespace ToolRuntime.Engine.Activations;

/// <summary>Something that an activation runs as a request: a call, a timer's tick, a stream's item.</summary>
internal abstract class Request
{
    /// <summary>May run while any other request awaits.</summary>
    public virtual bool AlwaysInterleaves => false;

    /// <summary>May run while other read-only requests await.</summary>
    public virtual bool IsReadOnly => false;

    /// <summary>Counts as use of the activation.</summary>
    public virtual bool KeepsAlive => true;

    /// <summary>Nobody waits for it any more; if it has not begun it need not.</summary>
    public virtual bool IsAbandoned => false;

    /// <summary>Place in the gate's list of running requests.</summary>
    public int RunningIndex { get; set; } = -1;

    /// <summary>What the request's RequestContext holds.</summary>
    public virtual System.Collections.Immutable.ImmutableDictionary<string, object>? Context => null;

    /// <summary>Runs the request in a turn. May throw.</summary>
    public abstract Task Invoke(Activation activation);

    /// <summary>The task of <see cref="Invoke"/> is complete, however it ended.</summary>
    public abstract void Complete(Task result, Activation activation);

    /// <summary>The request failed without a task: it threw, or it never ran.</summary>
    public abstract void Fail(Exception exception, Activation? activation);
}
