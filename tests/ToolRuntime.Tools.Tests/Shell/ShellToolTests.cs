using ToolRuntime.Events;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Shell;

public sealed class ShellToolTests : IDisposable
{
    private readonly ToolHost host = new();

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task Execute_Echo_SucceedsWithItsOutput()
    {
        var result = await host.ShellAsync("echo hello; echo problem >&2");

        Assert.Null(result.Error);
        Assert.Equal("""{"exitCode":0}""", result.Result.Json);
        Assert.Equal("exit 0", result.Summary);
        Assert.Equal("hello\n", host.Context.Text());
        Assert.Equal("problem\n", host.Context.Text(OutputStream.Stderr));
    }

    [Fact]
    public async Task Execute_NonZeroExit_FailsAndKeepsTheNumber()
    {
        var result = await host.ShellAsync("exit 3");

        Assert.Equal("exit_code", result.Error!.Code);
        Assert.Contains("3", result.Error.Message, StringComparison.Ordinal);
        Assert.Equal("""{"exitCode":3}""", result.Result.Json);
    }

    [Fact]
    public async Task Execute_KilledBySignal_NamesTheSignal()
    {
        var result = await host.ShellAsync("kill -KILL $$");

        Assert.Equal("""{"exitCode":137,"signal":"SIGKILL"}""", result.Result.Json);
    }

    [Fact]
    public async Task Execute_NoInput_ReadsItsEnd()
    {
        var result = await host.ShellAsync("cat; echo done");

        Assert.Null(result.Error);
        Assert.Equal("done\n", host.Context.Text());
    }

    [Fact]
    public async Task Execute_Input_GetsExactlyWhatIsSent()
    {
        host.Context = new(host.Folder.Workspace) { HasInput = true };
        var running = host.ShellAsync("while read -r line; do echo \"got $line\"; done; echo end");
        host.Context.Send("one\n");
        await host.Context.OutputHasAsync("got one");
        host.Context.Send("two\n");
        host.Context.EndInput();

        Assert.Null((await running).Error);
        Assert.Equal("got one\ngot two\nend\n", host.Context.Text());
    }

    [Fact]
    public async Task Execute_RawBytes_ArriveUnchanged()
    {
        await host.ShellAsync(@"printf '\377\000\376a'");

        Assert.Equal([0xff, 0x00, 0xfe, (byte)'a'], host.Context.Bytes());
    }

    [Fact]
    public async Task Execute_LongOutput_ArrivesWhole()
    {
        await host.ShellAsync("seq 1 200000");

        Assert.Equal(string.Concat(Enumerable.Range(1, 200_000).Select(i => $"{i}\n")), host.Context.Text());
    }

    [Fact]
    public async Task Execute_SignalDispositions_AreDefault()
    {
        // A shell can't undo an ignored SIGPIPE, and "yes" would fail loudly instead of ending.
        var result = await host.ShellAsync("set -o pipefail; yes | head -n 1; test ${PIPESTATUS[0]} = 141 && grep SigIgn /proc/self/status");

        Assert.Null(result.Error);
        Assert.Equal("y\nSigIgn:\t0000000000000000\n", host.Context.Text());
        Assert.Equal("", host.Context.Text(OutputStream.Stderr));
    }
}
