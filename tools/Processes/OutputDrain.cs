namespace ToolRuntime.Tools.Processes;

/// <summary>How long what a process started may go on writing after the process's own exit, before it is ended.</summary>
/// <param name="Quiet">Without a word of it.</param>
/// <param name="Longest">Whatever it writes.</param>
internal sealed record OutputDrain(TimeSpan Quiet, TimeSpan Longest)
{
    /// <summary>
    /// Waits for the end of both pipes, or for the time to be up. A pause does not count, nor does output that is not taken yet count as
    /// silence.
    /// </summary>
    public async Task WaitAsync(
        Task output, OutputWatch watch, IToolContext context, TimeProvider time, CancellationToken cancellationToken)
    {
        if (output.IsCompleted) return;
        using var longest = new PausableTimeout(Longest, context, time, cancellationToken);
        while (true)
        {
            using var quiet = new PausableTimeout(Quiet, context, time, longest.Token);
            watch.OnSign(quiet.Restart);
            await output.WaitAsync(quiet.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (output.IsCompleted || !quiet.Elapsed || !watch.IsTaking) return;
        }
    }
}
