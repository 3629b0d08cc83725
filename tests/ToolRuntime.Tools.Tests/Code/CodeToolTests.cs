using System.Text.Json;
using ToolRuntime.Events;
using ToolRuntime.Tools.Tests.Support;
using Seen = ToolRuntime.Tools.Tests.Support.Processes;

namespace ToolRuntime.Tools.Tests.Code;

public sealed class CodeToolTests : IDisposable
{
    private readonly ToolHost host = new();

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task Execute_Python_GetsArgumentsAndInputAndStreamsItsOutput()
    {
        var result = await RunAsync("import sys\nprint(sys.argv[1:], sys.stdin.read())\nprint('problem', file=sys.stderr)", new { arguments = new[] { "a b", "-c" }, stdin = "typed" });

        Assert.Equal((null, "exit 0"), (result.Error, result.Summary));
        Assert.Equal("""{"exitCode":0,"files":[]}""", result.Result.Json);
        Assert.Equal("['a b', '-c'] typed\n", host.Context.Text());
        Assert.Equal("problem\n", host.Context.Text(OutputStream.Stderr));
        Assert.Empty(Directory.GetFileSystemEntries(host.Folder.Workspace));
    }

    [Theory]
    [InlineData("javascript", "console.log(process.argv[2], (await import('node:fs')).readFileSync(0, 'utf8'))")]
    [InlineData("csharp", "Console.WriteLine($\"{args[0]} {Console.In.ReadToEnd()}\");")]
    [InlineData("bash", "echo \"$1 $(cat)\"")]
    public async Task Execute_OtherLanguages_GetTheSame(string language, string source)
    {
        var result = await RunAsync(source, new { language, arguments = new[] { "one" }, stdin = "two" });

        Assert.Equal((null, "exit 0"), (result.Error, result.Summary));
        Assert.Equal("one two\n", host.Context.Text());
        Assert.Equal("""{"exitCode":0,"files":[]}""", result.Result.Json);
    }

    [Fact]
    public async Task Execute_FilesOfTheWorkspace_AreReportedAsCreatedChangedAndDeleted()
    {
        Directory.CreateDirectory(host.Folder.PathOf("kept"));
        foreach (var name in (string[])["kept/same.txt", "changed.txt", "gone.txt"]) await File.WriteAllTextAsync(host.Folder.PathOf(name), "before");

        var result = await RunAsync("""
            import os
            open('changed.txt', 'r+').write('behind')
            os.remove('gone.txt')
            os.makedirs('out/deep')
            open('out/deep/plot.png', 'wb').write(b'12345')
            open('.hidden', 'w').write('x')
            """);

        Assert.Equal(
            """[{"path":"changed.txt","change":"changed","bytes":6},{"path":"gone.txt","change":"deleted"},{"path":"out/deep/plot.png","change":"created","bytes":5}]""",
            result.Result.ToElement().GetProperty("files").GetRawText());
        Assert.Equal(1, host.Context.Counters.FilesCreated);
    }

    [Fact]
    public async Task Execute_Failure_SaysItsExitCodeAndFiles()
    {
        var result = await RunAsync("open('half.txt', 'w').write('x')\nraise SystemExit(3)");

        Assert.Equal(("exit_code", "The program ended with exit code 3. Files: half.txt (created)."), (result.Error!.Code, result.Error.Message));
    }

    [Fact]
    public async Task Execute_WorkingDirectory_IsWhereModulesAreFound()
    {
        Directory.CreateDirectory(host.Folder.PathOf("app"));
        await File.WriteAllTextAsync(host.Folder.PathOf("app/helper.py"), "word = 'found'");

        var result = await RunAsync("import helper\nprint(helper.word)", new { workingDirectory = "app" });

        Assert.Null(result.Error);
        Assert.Equal("found\n", host.Context.Text());
    }

    [Fact]
    public async Task Execute_WorkingDirectoryOutside_IsRefused() =>
        Assert.Equal("path_outside_workspace", (await RunAsync("print(1)", new { workingDirectory = ".." })).Error!.Code);

    [Fact]
    public async Task Execute_Output_ComesWhileTheProgramRuns()
    {
        host.Context = new(host.Folder.Workspace) { HasInput = true };
        var running = RunAsync("print('ready')\nprint('got', input(), input())", new { stdin = "first\n" });
        await host.Context.OutputHasAsync("ready");

        host.Context.Send("second\n");
        host.Context.EndInput();

        Assert.Null((await running).Error);
        Assert.Equal("ready\ngot first second\n", host.Context.Text());
    }

    [Fact]
    public async Task Cancel_Program_IsGoneWithItsSource()
    {
        using var cancel = new CancellationTokenSource();
        var mark = $"6{Random.Shared.Next(1_000_000, 9_999_999)}";
        var running = RunAsync("import time\nprint('up')\ntime.sleep(1000)", new { arguments = new[] { mark } }, cancel.Token);
        await host.Context.OutputHasAsync("up");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(Seen.With(mark));
        Assert.Empty(Directory.GetFileSystemEntries(host.Folder.Workspace));
    }

    [Theory]
    [InlineData("Code:Python", "no-such-python", "interpreter_missing", "Python is not installed on this server: there is no 'no-such-python'.")]
    [InlineData("Code:Python", "", "interpreter_missing", "Python is not offered on this server.")]
    [InlineData("Shell:Deny:0", "python3", "command_denied", "The command 'python3' is denied.")]
    [InlineData("Shell:Allow:0", "ls", "command_denied", "The command 'python3' is not among those allowed.")]
    public async Task Execute_InterpreterThatMayNotOrCanNotBeRun_SaysSo(string setting, string value, string code, string message)
    {
        using var other = new ToolHost((setting, value));

        var result = await other.RunAsync("code", """{"source":"print(1)"}""");

        Assert.Equal((code, message), (result.Error!.Code, result.Error.Message));
    }

    [Fact]
    public async Task Execute_LinkInPlaceOfTheSource_IsNotFollowed()
    {
        var victim = Path.Combine(host.Folder.Outside, "victim");
        await File.WriteAllTextAsync(victim, "untouched");
        File.CreateSymbolicLink(host.Folder.PathOf(".code-e1.py"), victim);

        Assert.Null((await RunAsync("print(1)")).Error);
        Assert.Equal("untouched", await File.ReadAllTextAsync(victim));
    }

    [Fact]
    public async Task Execute_MoreFilesThanAreNamed_AreCounted()
    {
        using var other = new ToolHost(("Code:MaxReported", "2"));

        var result = await other.RunAsync("code", """{"source":"for i in range(5): open(str(i), 'w')"}""");

        Assert.Equal((2, 3), (result.Result.ToElement().GetProperty("files").GetArrayLength(), result.Result.ToElement().GetProperty("moreFiles").GetInt32()));
    }

    private Task<ToolResult> RunAsync(string source, object? more = null, CancellationToken cancellationToken = default)
    {
        var arguments = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        arguments["source"] = source;
        return host.RunAsync("code", arguments.ToJsonString(), cancellationToken);
    }
}
