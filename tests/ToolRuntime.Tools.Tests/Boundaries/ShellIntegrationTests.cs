using ToolRuntime.Events;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Boundaries;

/// <summary>Real shells at real terminals.</summary>
public sealed class ShellIntegrationTests : IDisposable
{
    private readonly ToolHost host = new();

    public ShellIntegrationTests() => host.Context = new(host.Folder.Workspace) { HasInput = true };

    public void Dispose() => host.Dispose();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"command":"bash"}""")]
    [InlineData("""{"command":"zsh"}""")]
    [InlineData("""{"command":"fish"}""")]
    public async Task Shell_Opened_SaysItsCommandsAndTheirExitCodes(string arguments)
    {
        await File.WriteAllTextAsync(InHome(".zshrc"), "PS1='zsh> '\n");
        await RunAsync(host, arguments, "echo one", "sh -c 'exit 3'", "cd /", "exit");

        var turns = Turns(host.Context);
        Assert.Equal(["echo one", "sh -c 'exit 3'", "cd /", "exit"], turns.Select(turn => turn.Question));
        Assert.Equal([0, 3, 0], turns.Take(3).Select(turn => turn.ExitCode));
        Assert.All(turns, turn => Assert.Equal("osc633", turn.Source));
        Assert.Equal("/", turns[3].Cwd);
    }

    [Theory]
    [InlineData("PS1='mine> '; PROMPT_COMMAND=(true 'x=1')")]
    [InlineData("PROMPT_COMMAND='PS1=\"made \\w> \"'")]
    [InlineData("set -u; PROMPT_COMMAND=; PS1='> '; PS0='[ps0]'")]
    public async Task Bash_WithAPromptOfItsUsers_KeepsItAndSaysItsCommands(string configuration)
    {
        await File.WriteAllTextAsync(InHome(".bashrc"), configuration);
        await RunAsync(host, "{}", "false", "PS1='other> '", "true", "exit");

        Assert.Equal([1, 0, 0], Turns(host.Context).Take(3).Select(turn => turn.ExitCode));
        Assert.Equal(["false", "PS1='other> '", "true", "exit"], Turns(host.Context).Select(turn => turn.Question));
        Assert.Contains(configuration.Contains("made", StringComparison.Ordinal) ? "made " : "> ", Shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"command":"zsh"}""")]
    [InlineData("""{"command":"fish"}""")]
    public async Task Nonce_OfARunningShell_IsInNoEnvironmentAndNoArguments(string arguments)
    {
        await File.WriteAllTextAsync(InHome(".zshrc"), "PS1='zsh> '\n");
        await RunAsync(host, arguments, "env >env.txt", "sh -c 'cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline >all.txt 2>/dev/null'", "ls -A >files.txt", "exit");

        var nonce = Shown.Split("633;E;exit;")[1].Split('\u0007')[0];
        Assert.Equal(32, nonce.Length);
        foreach (var file in (string[])["env.txt", "all.txt"])
        {
            Assert.DoesNotContain(nonce, await File.ReadAllTextAsync(InHome(file)), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("ZDOTDIR=/tmp", await File.ReadAllTextAsync(InHome("env.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_WithoutTheNonce_IsNotBelieved()
    {
        await RunAsync(host, "{}", "printf '\\e]633;E;rm -rf /;guess\\a'", "exit");

        Assert.DoesNotContain(Turns(host.Context), turn => turn.Question == "rm -rf /");
    }

    [Theory]
    [InlineData("""{"integration":false}""", "true")]
    [InlineData("{}", "false")]
    public async Task Shell_ThatIsNotTold_MarksNothing(string arguments, string setting)
    {
        using var quiet = new ToolHost(("Terminal:ShellIntegration", setting));
        quiet.Context = new(quiet.Folder.Workspace) { HasInput = true };
        await RunAsync(quiet, arguments, "true", "exit");

        Assert.DoesNotContain("633;", quiet.Context.Text(OutputStream.Terminal), StringComparison.Ordinal);
    }

    [IsolationFact]
    public async Task Isolated_Shell_SaysItsCommands()
    {
        using var isolated = new ToolHost(("Processes:Isolation", "Required"));
        isolated.Context = new(isolated.Folder.Workspace) { HasInput = true };
        await RunAsync(isolated, "{}", "echo one", "exit");

        Assert.Equal(["echo one", "exit"], Turns(isolated.Context).Select(turn => turn.Question));
    }

    private string Shown => host.Context.Text(OutputStream.Terminal);

    private string InHome(string name) => Path.Combine(host.Folder.Workspace, name);

    // Each line once the prompt for it is there, as a person does.
    private static async Task RunAsync(ToolHost host, string arguments, params string[] lines)
    {
        var running = host.RunAsync("terminal", arguments);
        for (var i = 0; i < lines.Length; i++)
        {
            await host.Context.OutputHasTimesAsync("\u001b[?2004h", i + 1, OutputStream.Terminal);
            host.Context.Send(lines[i] + "\r");
        }

        await running.WaitAsync(Wait.Timeout);
    }

    private static List<TerminalTurn> Turns(FakeToolContext context)
    {
        context.Turns!.Read(context.Bytes(OutputStream.Terminal), TimeSpan.Zero);
        context.Turns.End(TimeSpan.FromSeconds(1));
        return [.. context.Turns.Take().GroupBy(turn => turn.Number).Select(same => same.Last())];
    }
}
