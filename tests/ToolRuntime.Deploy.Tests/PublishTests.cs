using System.Diagnostics;
using System.Text.RegularExpressions;
using ToolRuntime.Deploy.Tests.Support;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Deploy.Tests;

/// <summary>
/// What the container file does, as far as it can be done without containers: its context, its publishing commands as they stand, and the published silo with the
/// image's environment and health check.
/// </summary>
public sealed partial class PublishTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private static readonly string[] LeftOut = ["node_modules", "dist", "bin", "obj", "test"];
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("toolruntime-publish-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Commands_OfTheContainerFile_MakeProgramsThatRun()
    {
        var (source, output) = (folder.CreateSubdirectory("src").FullName, folder.CreateSubdirectory("out").FullName);
        CopyContext(source);
        var page = Directory.CreateDirectory(Path.Combine(source, "console", "dist")); // the stage "page" makes it; that needs Node
        await File.WriteAllTextAsync(Path.Combine(page.FullName, "index.html"), "<!doctype html>");
        var commands = Containerfile.Read().Stage("build-gateway").Instructions.Where(one => one.Name == "RUN").Select(one => one.Text).ToList();
        Assert.Equal(2, commands.Count);
        foreach (var command in commands) await RunAsync(source, command.Replace("/out/", $"{output}/", StringComparison.Ordinal));

        Assert.True(File.Exists(Path.Combine(output, "gateway", "wwwroot", "index.html")));
        Assert.Contains("--ToolRuntime:Cluster:SiloPort", await RunAsync(Path.Combine(output, "gateway"), "dotnet ToolRuntime.Gateway.dll --help"), StringComparison.Ordinal);
        await CheckSiloAsync(Path.Combine(output, "silo"));
    }

    /// <summary>Starts it as the image does, but for its port, and asks for its health as the image does.</summary>
    private async Task CheckSiloAsync(string program)
    {
        await using var redis = await RedisServer.StartOwnAsync();
        var stage = Containerfile.Read().Stage("silo");
        var start = new ProcessStartInfo(stage.Json("CMD")[0], stage.Json("CMD")[1..]) { WorkingDirectory = program, RedirectStandardOutput = true };
        foreach (var (name, value) in stage.Environment) start.Environment[name] = Address().Replace(value, "http://127.0.0.1:0");
        start.Environment["ToolRuntime__Redis__Configuration"] = redis.Address;
        start.Environment["ToolRuntime__Data__Path"] = folder.FullName;
        using var silo = Process.Start(start)!;
        try
        {
            string? port = null;
            while (port is null && await silo.StandardOutput.ReadLineAsync().WaitAsync(Patience) is { } line)
            {
                port = Banner().Match(line) is { Success: true } at ? at.Groups[1].Value : null;
            }

            Assert.NotNull(port);
            var health = Repository.Deploy("health");
            await RunAsync(program, $"{health} {port}");
            await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(program, $"{health} {port} /nothing"));
            await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(program, $"{health} 1"));
        }
        finally
        {
            silo.Kill();
            await silo.WaitForExitAsync();
        }
    }

    /// <summary>What the ignore file lets through: the lines that begin with an exclamation mark, without the folders that it leaves out anywhere.</summary>
    private static void CopyContext(string target)
    {
        var rules = File.ReadAllLines(Repository.Deploy("Dockerfile.dockerignore")).Where(rule => rule.Length > 0 && rule[0] != '#').ToList();
        Assert.Equal("*", rules[0]);
        Assert.Equal(LeftOut.Select(name => $"**/{name}").Order(), rules.Where(rule => rule.StartsWith("**/", StringComparison.Ordinal)).Order());
        foreach (var rule in rules.Where(rule => rule[0] == '!').Select(rule => rule[1..])) Copy(Repository.Path(rule), Path.Combine(target, rule));
    }

    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to);
            return;
        }

        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos().Where(entry => !LeftOut.Contains(entry.Name)))
        {
            Copy(entry.FullName, Path.Combine(to, entry.Name));
        }
    }

    private static async Task<string> RunAsync(string at, string command)
    {
        var start = new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = at, RedirectStandardOutput = true, RedirectStandardError = true };
        // What the build that runs these tests tells its own children.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        (start.Environment["MSBUILDDISABLENODEREUSE"], start.Environment["UseSharedCompilation"]) = ("1", "false");
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Patience);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"{command} ends with {process.ExitCode}:\n{await output}{await error}");
    }

    [GeneratedRegex(@"^http://\*:[0-9]+$")]
    private static partial Regex Address();

    [GeneratedRegex("Probes and metrics on http://127\\.0\\.0\\.1:([0-9]+)")]
    private static partial Regex Banner();
}
