using System.ComponentModel;
using System.Diagnostics;

namespace ToolRuntime.Tools.Processes;

/// <summary>A running process with all its descendants. Ended for good by <see cref="EndAsync"/> or disposal.</summary>
internal sealed class ToolProcess : IAsyncDisposable
{
    /// <summary>How long a process may take to end after SIGTERM before it gets SIGKILL.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Of more leftovers, the rest is not named.</summary>
    public const int MaxLeftovers = 32;

    private static readonly TimeSpan MaxPoll = TimeSpan.FromMilliseconds(50);

    // One that waits for a disk stops when that has answered.
    private static readonly TimeSpan MaxStopping = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan KillTimeout = TimeSpan.FromSeconds(5);

    // What has closed its pipes is about to exit, and is no leftover.
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(100);

    // In so short a time process ids don't come round, so descendants have higher ones.
    private static readonly TimeSpan Brief = TimeSpan.FromSeconds(1);

    private const int Killed = 137;

    private static readonly byte[] GateLine = "\n"u8.ToArray();

    private readonly TaskCompletionSource<int> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource ended = new();
    private readonly Lock signalling = new();
    private readonly Process process;
    private readonly string mark;
    private readonly ProcessWatchdog watchdog;
    private readonly TimeProvider time;
    private readonly OrderedDictionary<int, string> leftovers = [];
    private readonly List<int> suspended = [];
    private readonly ControlGroup? group;
    private Task<ProcessCosts>? usage;
    private long startedAt;
    private ControlGroupLimits? held;
    private bool ending;
    private Task? end;

    /// <param name="process">Not started yet.</param>
    /// <param name="mark">What all that it starts has in its environment.</param>
    /// <param name="watchdog">Ends it if this process dies.</param>
    /// <param name="group">What it is going to enter; without, the kernel is asked what it took.</param>
    /// <param name="time">The clock.</param>
    /// <param name="terminal">What it has instead of pipes.</param>
    public ToolProcess(Process process, string mark, ProcessWatchdog watchdog, ControlGroup? group, TimeProvider time, PseudoTerminal? terminal = null)
    {
        (this.process, this.mark, this.watchdog, this.group, this.time, Terminal) = (process, mark, watchdog, group, time, terminal);
        process.Exited += (_, _) =>
        {
            terminal?.LetGo();
            exited.TrySetResult(process.ExitCode);
        };
    }

    /// <summary>What it has instead of pipes.</summary>
    public PseudoTerminal? Terminal { get; }

    /// <summary>The variable, with its value, that all it starts has in its environment.</summary>
    public string Mark => mark;

    /// <summary>The process's id, and its group's and session's.</summary>
    public int Id { get; private set; }

    /// <summary>The exit code of the process itself, 128 + n when signal n ended it. Its descendants may still run.</summary>
    public Task<int> Exited => exited.Task;

    /// <summary>Whether the watchdog may have ended it because the silo hung.</summary>
    public bool WasCutOff => Exited is { IsCompletedSuccessfully: true, Result: Killed } && watchdog.HungSince(startedAt);

    /// <summary>Cancelled once nothing is left that could write: what its pipes hold then is the rest.</summary>
    public CancellationToken Ended => ended.Token;

    /// <summary>The command lines of what had to be killed although the process itself had exited; known when <see cref="EndAsync"/> is done.</summary>
    public IReadOnlyList<string> Leftovers => leftovers.Values;

    /// <summary>What it prints.</summary>
    public OutputWatch Watch { get; } = new();

    /// <summary>What all of it took; known when <see cref="EndAsync"/> is done.</summary>
    public ProcessCosts Costs { get; private set; } = new();

    public Stream Input => process.StandardInput.BaseStream;

    public Stream Output => process.StandardOutput.BaseStream;

    public Stream Error => process.StandardError.BaseStream;

    /// <summary>How near it is to its limits, as far as its control group knows.</summary>
    public ControlGroupPressure Pressure() => group?.Pressure() ?? new();

    /// <summary>Gives it its usual share of the processors, or less, where a control group can; what is about to end needs its turn for that, and is no longer braked.</summary>
    public void Set(ControlGroupPace pace, ControlGroupLimits limits)
    {
        lock (signalling)
        {
            if (!ending) group?.Set(pace, limits);
            held = limits;
        }
    }

    /// <summary>Stops the group, or lets it go on.</summary>
    public void Suspend(bool stop)
    {
        lock (signalling)
        {
            if (ending) return;
            if (Terminal is null) Send(stop ? Signal.Stop : Signal.Continue);
            else if (stop) StopSession();
            else ContinueSession();
        }
    }

    /// <summary>
    /// Ends the whole group (SIGTERM, SIGCONT, SIGKILL after <paramref name="grace"/>; at once with zero) and whatever left the group,
    /// and returns when nothing is left. Later calls wait for the first.
    /// </summary>
    public Task EndAsync(TimeSpan grace)
    {
        lock (signalling)
        {
            if (!ending && held is { } limits) group?.Set(ControlGroupPace.Yielding, limits);
            ending = true;
            return end ??= Id == 0 ? Task.FromResult(group?.TryRemove()) : EndCoreAsync(grace);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync(TimeSpan.Zero);
        if (Id != 0) foreach (var pipe in (Stream[])[Input, Output, Error]) await pipe.DisposeAsync();
        Terminal?.Dispose();
        process.Dispose();
        ended.Dispose();
    }

    internal void Start()
    {
        startedAt = time.GetTimestamp();
        try
        {
            Inheritance.Start(process);
        }
        catch (Win32Exception exception)
        {
            throw new ProcessStartException(exception);
        }

        Id = process.Id;
        if (group is null) usage = ChildUsage.OfAsync(Id);
    }

    internal async Task OpenGateAsync()
    {
        try
        {
            await Input.WriteAsync(GateLine);
            await Input.FlushAsync();
        }
        catch (IOException)
        {
            // It is gone already, and its exit code says why.
        }

        // From here on its terminal is all that it has.
        if (Terminal is not null) foreach (var pipe in (Stream[])[Input, Output, Error]) await pipe.DisposeAsync();
    }

    /// <summary>Sends a signal to what the terminal's keys reach. False: there is nothing, or it is to go on while all is paused.</summary>
    public bool SignalForeground(Signal signal)
    {
        lock (signalling) return !ending && !(signal == Signal.Continue && suspended.Count > 0) && Terminal?.ForegroundGroup is { } foreground && Libc.Kill(-foreground, signal) == 0;
    }

    /// <summary>Sends all of it a signal, paused or not; what ends already is left alone.</summary>
    public void SignalAll(Signal signal)
    {
        lock (signalling)
        {
            if (ending) return;
            Send(signal);
            Send(Signal.Continue);
        }
    }

    private async Task EndCoreAsync(TimeSpan grace)
    {
        if (grace > TimeSpan.Zero)
        {
            // A shell that people type into ignores SIGTERM, and its jobs are groups of their own: all learn that the terminal is gone.
            if (Terminal is not null) Send(Signal.Hangup);
            Send(Signal.Terminate);
            Send(Signal.Continue);
            await WaitUntilGoneAsync(grace);
        }
        else if (Exited.IsCompleted)
        {
            await WaitUntilGoneAsync(Settle);
            foreach (var pid in Members()) NoteLeftover(pid);
        }

        Send(Signal.Kill);
        await WaitUntilGoneAsync(KillTimeout);
        Action<int>? note = Exited.IsCompleted && grace == TimeSpan.Zero ? NoteLeftover : null;
        ProcessTable.KillMarked(mark, time.GetElapsedTime(startedAt) < Brief ? Id : null, note, group is null ? null : group.WithNeighbours);
        await EndHiddenAsync(note);
        if (usage is not null && await Task.WhenAny(usage, Task.Delay(KillTimeout, time)) == usage) Costs = await usage;
        await watchdog.RemoveAsync(Id);
        await ended.CancelAsync();
    }

    // What has shed its mark too is in the control group all the same.
    private async Task EndHiddenAsync(Action<int>? note)
    {
        if (group is null) return;
        foreach (var pid in group.Members()) note?.Invoke(pid);
        var start = time.GetTimestamp();
        for (var poll = TimeSpan.FromMilliseconds(1); !Removed(group) && time.GetElapsedTime(start) < KillTimeout; poll = poll * 2 < MaxPoll ? poll * 2 : MaxPoll)
        {
            group.Kill();
            await Task.Delay(poll, time);
        }
    }

    private bool Removed(ControlGroup used)
    {
        if (Directory.Exists(used.Folder)) Costs = used.Costs();
        return used.TryRemove();
    }

    // One without a command line is exiting just now. A thousand of them are not asked for theirs.
    private void NoteLeftover(int pid)
    {
        if (leftovers.Count < MaxLeftovers && ProcessTable.CommandLine(pid) is { Length: > 0 } command) leftovers.TryAdd(pid, command);
    }

    private async Task WaitUntilGoneAsync(TimeSpan timeout)
    {
        var start = time.GetTimestamp();
        await ((Task)Exited.WaitAsync(timeout, time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        for (var poll = TimeSpan.FromMilliseconds(1); Members().Any() && time.GetElapsedTime(start) < timeout; poll = poll * 2 < MaxPoll ? poll * 2 : MaxPoll)
        {
            await Task.Delay(poll, time);
        }
    }

    private IEnumerable<int> Members() => Terminal is null ? ProcessTable.GroupMembers(Id) : ProcessTable.SessionMembers(Id);

    // A shell before its job, and only when it has stopped the job, so that it does not see it stop as by a key. What was forked meanwhile shows in the next look.
    private void StopSession()
    {
        var began = Stopwatch.GetTimestamp();
        while (ProcessTable.SessionMembers(Id).Where(pid => !ProcessTable.IsStopped(pid) && !suspended.Contains(pid)).Order().ToArray() is { Length: > 0 } running)
        {
            foreach (var pid in running)
            {
                if (Libc.Kill(pid, Signal.Stop) == 0) SpinWait.SpinUntil(() => !ProcessTable.GoesOn(pid) || Stopwatch.GetElapsedTime(began) > MaxStopping);
                suspended.Add(pid);
            }
        }
    }

    private void ContinueSession()
    {
        for (var i = suspended.Count - 1; i >= 0; i--) _ = Libc.Kill(suspended[i], Signal.Continue);
        suspended.Clear();
    }

    // Between its start and its setsid the process is not yet the leader of a group.
    private void Send(Signal signal)
    {
        if (Terminal is not null) foreach (var pid in ProcessTable.SessionMembers(Id)) _ = Libc.Kill(pid, signal);
        if (Libc.Kill(-Id, signal) != 0 && !Exited.IsCompleted) _ = Libc.Kill(Id, signal);
    }
}
