using ToolRuntime.Stores.Tests;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>
/// What befalls the machine in mid-work, besides its server's death: each of the kinds once in as many rounds, in an order of chance.
/// </summary>
internal sealed class CrashFaults(TestServer server, SmallDisk disk, SetClock clock, Random random)
{
    private readonly Kind[] order = [.. Enum.GetValues<Kind>().OrderBy(_ => random.Next())];

    private enum Kind
    {
        None,
        DiskFull,
        WritesFail,
        ClockBack,
        ClockForward,
    }

    /// <summary>The fault of a round. It is over when the result is awaited, but for the death that may come in the middle of it.</summary>
    /// <param name="round">Counts from 1.</param>
    /// <param name="more">Waits until some more has happened.</param>
    /// <param name="dies">Kills the server.</param>
    /// <returns>Its name, and whether the server was killed.</returns>
    public async Task<(string Name, bool Died)> BefallAsync(int round, Func<Task> more, Func<Task> dies)
    {
        var kind = order[(round - 1) % order.Length];
        var died = kind switch
        {
            Kind.DiskFull => await FailAsync(DiskFault.Full(disk), round, dies),
            Kind.WritesFail => await FailAsync(DiskFault.InputOutput(server.Process.Id), round, dies),
            Kind.ClockBack => await StepAsync(TimeSpan.FromHours(-1), more),
            Kind.ClockForward => await StepAsync(TimeSpan.FromHours(1), more),
            _ => false,
        };
        return ($"{kind}{(died ? ", killed in it" : "")}", died);
    }

    private async Task<bool> FailAsync(DiskFault fault, int round, Func<Task> dies)
    {
        using var probe = new StoreProbe(server.Address);
        var dead = false;
        fault.Begin();
        try
        {
            await probe.FailsAsync($"fault-{round}", fault.Reason);
            if (random.Next(2) == 0)
            {
                await dies();
                dead = true;
            }
        }
        finally
        {
            if (!dead || fault.Reason.Contains("full", StringComparison.Ordinal)) fault.End();
        }

        if (!dead) await probe.WorksAsync();
        return dead;
    }

    // Work is open all the time, so nothing goes by the clock that was set; it is right again before the server dies.
    private async Task<bool> StepAsync(TimeSpan step, Func<Task> more)
    {
        clock.Step(step);
        await more();
        clock.Step(TimeSpan.Zero);
        return false;
    }
}
