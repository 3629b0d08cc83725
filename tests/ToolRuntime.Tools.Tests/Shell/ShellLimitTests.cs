using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Shell;

public sealed class ShellLimitTests : IDisposable
{
    private readonly ToolHost host = new(("Shell:Deny:0", "curl"), ("Shell:Deny:1", "/passwd/"), ("Shell:PassEnvironment:0", "TOOLS_TEST_PASSED"));

    public void Dispose() => host.Dispose();

    [Theory]
    [InlineData("curl http://example.org")]
    [InlineData("echo a; /usr/bin/curl x")]
    [InlineData("cat /etc/passwd")]
    [InlineData("shutdown now")]
    public async Task Execute_DeniedCommand_DoesNotRun(string command)
    {
        var result = await host.ShellAsync($"{command}; echo ran");

        Assert.Equal("command_denied", result.Error!.Code);
        Assert.Equal("", host.Context.Text());
    }

    [Fact]
    public async Task Execute_Environment_HoldsOnlyWhatIsNamed()
    {
        Environment.SetEnvironmentVariable("TOOLS_TEST_PASSED", "yes");
        Environment.SetEnvironmentVariable("TOOLS_TEST_SECRET", "no");

        await host.RunAsync("shell", """{"command":"env","environment":{"MINE":"a b"}}""");

        var names = host.Context.Text().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]).Order(StringComparer.Ordinal);
        Assert.Equal(["HOME", "LANG", "MINE", "PATH", "PWD", "SHLVL", "TERM", "TOOLRUNTIME_EXECUTION", "TOOLRUNTIME_SILO", "TOOLS_TEST_PASSED", "_"], names);
        Assert.Contains($"HOME={host.Folder.Workspace}\n", host.Context.Text(), StringComparison.Ordinal);
        Assert.Contains("MINE=a b\n", host.Context.Text(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LD_PRELOAD")]
    [InlineData("BASH_ENV")]
    [InlineData("PATH")]
    [InlineData("TOOLRUNTIME_SILO")]
    [InlineData("a-b")]
    [InlineData("")]
    public async Task Execute_DeniedVariable_DoesNotRun(string name)
    {
        var result = await host.RunAsync("shell", $$"""{"command":"echo ran","environment":{ "{{name}}":"x" } }""");

        Assert.Equal("environment_denied", result.Error!.Code);
        Assert.Equal("", host.Context.Text());
    }

    [Theory]
    [InlineData("V", 131_069, null)]
    [InlineData("V", 131_070, "131072")]
    [InlineData("VÄ", 65_536, null)]
    [InlineData("V", 1_000_000, "1000002")]
    public async Task Execute_VariableTooLong_SaysSoAndNothingOfOurPaths(string name, int length, string? bytes)
    {
        var arguments = JsonText.Object(json =>
        {
            json.WriteString("command", "true");
            json.WriteStartObject("environment");
            json.WriteString(name, new string('x', length));
            json.WriteEndObject();
        });
        using var any = new ToolHost(("Shell:AllowEnvironment:0", ".*"));

        var error = (await any.RunAsync("shell", arguments.Json)).Error;

        Assert.Equal(bytes is null ? null : "environment_too_long", error?.Code);
        if (error is not null) Assert.Contains($"'{name}' has {bytes} bytes", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_VariablesTooLongTogether_SaysSoAndNothingOfOurPaths()
    {
        var arguments = JsonText.Object(json =>
        {
            json.WriteString("command", "true");
            json.WriteStartObject("environment");
            for (var i = 0; i < 100; i++) json.WriteString($"V{i}", new string('x', 120_000));
            json.WriteEndObject();
        });

        var error = (await host.RunAsync("shell", arguments.Json)).Error!;

        Assert.Equal(("environment_too_long", "The command and its environment variables are too long together."), (error.Code, error.Message));
    }

    [Fact]
    public async Task Execute_WorkingDirectory_IsAFolderOfTheWorkspace()
    {
        Directory.CreateDirectory(host.Folder.PathOf("sub"));
        Directory.CreateSymbolicLink(host.Folder.PathOf("out"), host.Folder.Outside);

        await host.RunAsync("shell", """{"command":"pwd","workingDirectory":"sub"}""");
        var outside = await host.RunAsync("shell", """{"command":"pwd","workingDirectory":"out"}""");
        var missing = await host.RunAsync("shell", """{"command":"pwd","workingDirectory":"missing"}""");

        Assert.Equal($"{host.Folder.PathOf("sub")}\n", host.Context.Text());
        Assert.Equal("path_outside_workspace", outside.Error!.Code);
        Assert.Equal("not_found", missing.Error!.Code);
    }

    [Fact]
    public async Task Execute_NulCharacter_IsRefused()
    {
        var result = await host.RunAsync("shell", """{"command":"echo a\u0000b"}""");

        Assert.Equal(ToolErrorCodes.InvalidArguments, result.Error!.Code);
    }

    [Fact]
    public void Descriptor_MaxRunTime_IsTheTimeout()
    {
        using var limited = new ToolHost(("Shell:MaxRunTime", "00:00:05"));

        Assert.Equal(5_000, limited.Tool("shell").Descriptor.TimeoutMs);
        Assert.Null(host.Tool("shell").Descriptor.TimeoutMs);
        Assert.Equal((5_000, 3_600_000), (limited.Tool("shell").Descriptor.MaxTimeoutMs, host.Tool("shell").Descriptor.MaxTimeoutMs));
        Assert.All([limited, host], each => Assert.Equal(each.Tool("shell").Descriptor.MaxTimeoutMs, LargestOf(each.Tool("shell").Descriptor)));
        Assert.Equal(Idempotency.WhenArgumentsSay, host.Tool("shell").Descriptor.Idempotency);
    }

    /// <summary>What the schema allows is what holds.</summary>
    private static int LargestOf(ToolDescriptor tool) =>
        tool.Parameters.ToElement().GetProperty("properties").GetProperty(tool.TimeoutArgument!).GetProperty("maximum").GetInt32();
}
