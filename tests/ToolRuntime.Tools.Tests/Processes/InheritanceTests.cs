using System.Diagnostics;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Processes;

/// <summary>Whatever started the server, its tools' processes start afresh.</summary>
public sealed class InheritanceTests
{
    private const string Signals = "grep -E 'Sig(Blk|Ign)' /proc/self/status; sh -c 'kill -INT $$; echo survived'";
    private const string Clean = "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n";

    [Theory]
    [InlineData("--ignore-signal=HUP,INT,QUIT")]
    [InlineData("--ignore-signal=TERM,USR1,TSTP,TTIN,TTOU,CHLD,RTMIN")]
    [InlineData("--block-signal=INT,TERM,USR2")]
    public async Task Start_ServerIgnoresOrBlocksSignals_ChildrenDoNot(string how)
    {
        Assert.Equal(Clean, await PrintAsync(how, Signals));
    }

    [Fact]
    public async Task Start_SignalIgnored_StaysSoInTheServer()
    {
        var ignored = await PrintAsync("--ignore-signal=HUP", "grep SigIgn /proc/$PPID/status");

        Assert.Equal(1UL, Convert.ToUInt64(ignored.Split('\t')[1].Trim(), 16) & 1);
    }

    private static async Task<string> PrintAsync(string how, string command)
    {
        using var silo = Process.Start(new ProcessStartInfo("env", [how, "dotnet", "exec", typeof(SiloProgram).Assembly.Location, "print", command]) { RedirectStandardOutput = true })!;
        return await silo.StandardOutput.ReadToEndAsync().WaitAsync(Wait.Timeout);
    }
}
