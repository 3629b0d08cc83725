using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>Runs commands in sessions' sandboxes, each in a session of processes of its own.</summary>
internal sealed class DaytonaCommands(IOptions<DaytonaOptions> options, DaytonaSandboxes sandboxes, TimeProvider time)
{
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(15);

    /// <summary>Runs it to its end, which is what it told of it.</summary>
    /// <exception cref="ProviderException">It was not started.</exception>
    /// <exception cref="CommandLostException">Nobody can say how it ended.</exception>
    public async Task<ToolResult> RunAsync(SandboxCommand command, IToolContext context, Func<ProcessEnd, ToolResult> result, CancellationToken cancellationToken)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var session = $"toolruntime-{context.ExecutionId}-{context.Attempt}-{token[..8]}";
        var told = false;
        var (place, toolbox, folder) = await sandboxes.UseAsync(context.Session, context.Counters, CreateAsync, cancellationToken);
        try
        {
            var line = RunScript.Of(command, token, session, place.Workspace, folder);
            var running = new RunningCommand(session, await StartAsync(toolbox, session, line, cancellationToken), token);
            var end = await FollowAsync(running, command, toolbox, place, context, cancellationToken);
            told = true;
            return end.Exit is { } exit ? result(new(exit.Code, exit.Left ? ["processes in the background"] : [])) : NotStarted(command, end.Words!);
        }
        catch (CommandLostException)
        {
            sandboxes.Forget(context.Session, place);
            throw;
        }
        finally
        {
            await EndAsync(toolbox, session, token, running: !told);
        }

        async Task<(SandboxPlace, DaytonaToolbox, string)> CreateAsync(SandboxPlace at, DaytonaToolbox calls)
        {
            // The command itself sees where links lead.
            var inside = WorkspacePath.Split(command.Folder, at.Workspace) is { Count: > 0 } parts ? string.Join('/', parts) : ".";
            // What an attempt left behind whose silo died must not run beside this one.
            if (context.Attempt > 1) await EndEarlierAsync(calls, $"toolruntime-{context.ExecutionId}-", cancellationToken);
            await calls.CreateSessionAsync(session, cancellationToken);
            return (at, calls, inside);
        }
    }

    private static async Task EndEarlierAsync(DaytonaToolbox toolbox, string prefix, CancellationToken cancellationToken)
    {
        foreach (var earlier in await toolbox.SessionsAsync(cancellationToken))
        {
            if (!earlier.StartsWith(prefix, StringComparison.Ordinal)) continue;
            await toolbox.DeleteSessionAsync(earlier, cancellationToken);
        }
    }

    /// <summary>Where nobody heard whether it was started, its session knows; without a command in it nothing ran, and once the session is gone nothing will.</summary>
    private static async Task<string> StartAsync(DaytonaToolbox toolbox, string session, string line, CancellationToken cancellationToken)
    {
        try
        {
            return await toolbox.StartAsync(session, line, cancellationToken);
        }
        catch (ProviderException e) when (e.Error.Retryable && e.Status is null)
        {
            try
            {
                if (await toolbox.FirstCommandAsync(session, cancellationToken) is { } started) return started;
                await toolbox.DeleteSessionAsync(session, cancellationToken);
            }
            catch (ProviderException)
            {
                throw new CommandLostException("nobody can say whether it was started");
            }

            throw;
        }
    }

    private async Task<EndToken> FollowAsync(
        RunningCommand running, SandboxCommand command, DaytonaToolbox toolbox, SandboxPlace place, IToolContext context, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var pauses = new CommandPauses(toolbox, running, context);
        var log = new CommandLog(options.Value, toolbox, running, context.Counters, time);
        var followed = log.FollowAsync((stream, bytes) => context.WriteOutputAsync(stream, bytes, stop.Token), stop.Token);
        var input = command.TakesInput ? CommandInput.PassAsync(toolbox, running, context, stop.Token) : Task.CompletedTask;
        var kept = KeepAsync(toolbox, running, place, context.Counters, stop.Token);
        try
        {
            // Input that can't be passed on ends the command; that there is no more does not.
            if (await Task.WhenAny(followed, input) == input) await input;
            return await followed;
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(followed, input, kept).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>For as long as a command runs the sandbox is in use, which Daytona does not see by itself, and this silo lives.</summary>
    private async Task KeepAsync(DaytonaToolbox toolbox, RunningCommand running, SandboxPlace place, ToolCounters counters, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(TimeSpan.FromMinutes(1), time, cancellationToken);
            await RunScript.SignalAsync(toolbox, running.Token, running.Session, "BEAT", cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await sandboxes.KeepAsync(place, counters, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Nothing of it runs afterwards, as far as the sandbox can be reached.</summary>
    private async Task EndAsync(DaytonaToolbox toolbox, string session, string token, bool running)
    {
        using var over = new CancellationTokenSource(EndWithin, time);
        for (var tries = 0; tries < 3 && !over.IsCancellationRequested; tries++)
        {
            try
            {
                if (running) await RunScript.SignalAsync(toolbox, token, session, "END", over.Token);
                await toolbox.DeleteSessionAsync(session, over.Token);
                return;
            }
            catch (Exception e) when (e is ProviderException or OperationCanceledException)
            {
                // It ends by itself when it hears nothing of us any more.
                await Task.Delay(TimeSpan.FromMilliseconds(200), time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static ToolResult NotStarted(SandboxCommand command, string words) => words switch
    {
        RunScript.NoFolder => throw FileToolException.NotFound(command.Folder),
        RunScript.Outside => throw FileToolException.Outside(command.Folder),
        RunScript.NoProgram => ToolResult.Failure(new(
            "interpreter_missing", $"{(command.Source is { } source ? $"{source.Language} is not installed in the sandbox: there" : "There")} is no '{command.File}'{(command.Source is null ? " in the sandbox" : "")}.")),
        RunScript.NoSource => ToolResult.Failure(new("io_error", "The program's source can't be written in the sandbox.")),
        _ => throw new CommandLostException("it ended without telling its exit code"),
    };
}
