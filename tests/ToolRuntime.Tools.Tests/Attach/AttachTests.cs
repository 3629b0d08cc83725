using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ToolRuntime.Events;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Attach;

/// <summary>The tool <c>attach</c>, on real processes that it did not start.</summary>
public sealed class AttachTests : IDisposable
{
    private readonly ToolHost host = new();

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task Attach_ServerThatLogsToAFile_FollowsItThroughTruncationAndRotation()
    {
        var log = host.Folder.PathOf("server.log");
        using var server = Start($"while read line; do case $line in to*) exec >>${{line#to }} ;; *) echo $line ;; esac; done >>'{log}'", input: true);
        await SayAsync(server, "before", log);
        var attached = AttachAsync(server.Id);
        await ShowsAsync();

        await server.StandardInput.WriteLineAsync("one");
        await host.Context.OutputHasAsync("one\n");
        File.WriteAllText(log, "");
        await server.StandardInput.WriteLineAsync("two");
        await host.Context.OutputHasAsync("two\n");
        await server.StandardInput.WriteLineAsync($"to {log}.1");
        await server.StandardInput.WriteLineAsync("three");
        await host.Context.OutputHasAsync("three\n");
        server.StandardInput.Close();

        var result = await attached.WaitAsync(Wait.Timeout);
        Assert.Null(result.Error);
        Assert.Equal("one\ntwo\nthree\n", host.Context.Text());
        var facts = result.Result.ToElement();
        Assert.True(facts.GetProperty("exited").GetBoolean());
        Assert.Equal(JsonValueKind.Null, facts.GetProperty("exitCode").ValueKind);
    }

    [Fact]
    public async Task Attach_WithATail_BeginsWithTheFilesEnd()
    {
        var log = host.Folder.PathOf("server.log");
        using var server = Start($"while read line; do echo $line; done >>'{log}'", input: true);
        await SayAsync(server, "first", log);
        await SayAsync(server, "second", log);

        var attached = AttachAsync(server.Id, ",\"tail\":7");
        await host.Context.OutputHasAsync("second\n");
        server.StandardInput.Close();

        Assert.Null((await attached.WaitAsync(Wait.Timeout)).Error);
        Assert.Equal("second\n", host.Context.Text());
    }

    [StraceFact]
    public async Task Attach_BuildThatWritesToAPipe_ShowsItsOutputAndTakesNothingFromItsOwner()
    {
        const int Lines = 2_000;
        // As a build does: it starts others, whose output is its own, and has pipes inside that are not.
        using var build = Start(
            $"read go; i=0; while [ $i -lt {Lines} ]; do i=$((i+1)); echo \"compiling file number $i\"; [ $((i % 500)) -ne 0 ] || {{ /bin/echo child $i; echo inner | cat >/dev/null; /bin/echo warning $i >&2; }}; done", input: true);
        var attached = AttachAsync(build.Id);
        await TracedAsync(build.Id);
        var (owner, errors) = (build.StandardOutput.ReadToEndAsync(), build.StandardError.ReadToEndAsync());
        await build.StandardInput.WriteLineAsync("go");

        var result = await attached.WaitAsync(Wait.Timeout);
        var expected = string.Concat(Enumerable.Range(1, Lines).Select(i => $"compiling file number {i}\n" + (i % 500 == 0 ? $"child {i}\n" : "")));
        Assert.Null(result.Error);
        Assert.Equal(expected, await owner);
        Assert.Equal(expected, host.Context.Text());
        Assert.Equal(await errors, host.Context.Text(OutputStream.Stderr));
        Assert.True(result.Result.ToElement().GetProperty("traced").GetBoolean());
    }

    [StraceFact]
    public async Task Attach_ManyBytes_OwnerAndPageGetEachOfThem()
    {
        // Each write is more than the pipe holds.
        using var source = Start("read go; exec dd if=/dev/urandom bs=100000 count=30 iflag=fullblock status=none", input: true);
        var attached = AttachAsync(source.Id);
        await TracedAsync(source.Id);
        await source.StandardInput.WriteLineAsync("go");
        using var owner = new MemoryStream();
        await source.StandardOutput.BaseStream.CopyToAsync(owner).WaitAsync(Wait.Timeout);

        await attached.WaitAsync(Wait.Timeout);
        Assert.Equal(3_000_000, owner.Length);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(owner.ToArray())), Convert.ToHexString(SHA256.HashData(host.Context.Bytes())));
    }

    [StraceFact]
    public async Task Attach_IsStopped_LeavesTheProcessAsItWas()
    {
        using var process = Start("while read line; do echo $line; done", input: true);
        using var stop = new CancellationTokenSource();
        var attached = AttachAsync(process.Id, "", stop.Token);
        await TracedAsync(process.Id);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => attached.WaitAsync(Wait.Timeout));
        Assert.Equal("0", Status(process.Id, "TracerPid"));
        Assert.StartsWith("S", Status(process.Id, "State"), StringComparison.Ordinal);
        await process.StandardInput.WriteLineAsync("still here");
        Assert.Equal("still here", await process.StandardOutput.ReadLineAsync().WaitAsync(Wait.Timeout));
    }

    [StraceFact]
    public async Task Attach_OutputCanNotBeStored_LeavesTheProcessSoThatItGoesOn()
    {
        using var slow = new ToolHost(("Attach:HoldUp", "00:00:00.2"));
        slow.Context.HoldOutput = token => Task.Delay(Timeout.Infinite, token);
        using var process = Start("while read line; do echo $line; done", input: true);
        var attached = slow.RunAsync("attach", $$"""{"pid":{{process.Id}}}""");
        await TracedAsync(process.Id);
        await process.StandardInput.WriteLineAsync("one");

        Assert.Equal("attach_held_up", (await attached.WaitAsync(Wait.Timeout)).Error!.Code);
        Assert.Equal("0", Status(process.Id, "TracerPid"));
        Assert.Equal("one", await process.StandardOutput.ReadLineAsync().WaitAsync(Wait.Timeout));
    }

    [Fact]
    public async Task Attach_WithoutStrace_SaysWhatToInstall()
    {
        using var without = new ToolHost(("Attach:Strace", "/nowhere/strace"));
        using var process = Start("read line", input: true);

        var asked = await without.RunAsync("attach", $$"""{"pid":{{process.Id}},"output":"trace"}""").WaitAsync(Wait.Timeout);
        var any = without.RunAsync("attach", $$"""{"pid":{{process.Id}}}""");
        process.StandardInput.Close();

        Assert.Equal("attach_not_permitted", asked.Error!.Code);
        Assert.Contains("Install the package strace", asked.Error.Message, StringComparison.Ordinal);
        Assert.Contains("Install the package strace", (await any.WaitAsync(Wait.Timeout)).Result.ToElement().GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Idle", "attach_idle")]
    [InlineData("Total", "attach_total")]
    public async Task Attach_LimitIsMet_SaysSoAndLeavesIt(string limit, string code)
    {
        using var brief = new ToolHost(($"Attach:{limit}", "00:00:01"));
        using var process = Start("read line", input: true);

        var result = await brief.RunAsync("attach", $$"""{"pid":{{process.Id}},"output":"none"}""").WaitAsync(Wait.Timeout);

        Assert.Equal(code, result.Error!.Code);
        Assert.False(process.HasExited);
    }

    [Fact]
    public async Task Attach_WhatCanNotBe_SaysWhy()
    {
        using var process = Start("read line", input: true);

        Assert.Equal("attach_refused", (await AttachAsync(Environment.ProcessId)).Error!.Code);
        Assert.Equal("no_such_process", (await AttachAsync(process.Id, ",\"start\":1")).Error!.Code);
        Assert.Equal("attach_no_file", (await AttachAsync(process.Id, ",\"output\":\"file\"")).Error!.Code);
    }

    private Task<ToolResult> AttachAsync(int pid, string more = "", CancellationToken cancellationToken = default) =>
        host.RunAsync("attach", $$"""{"pid":{{pid.ToString(CultureInfo.InvariantCulture)}}{{more}}}""", cancellationToken);

    // It tells what the process takes before anything else that takes time.
    private Task ShowsAsync() => Wait.UntilAsync(() => host.Context.Progress.Count > 0, "it is attached");

    private static Task TracedAsync(int pid) => Wait.UntilAsync(() => Status(pid, "TracerPid") != "0", "it is traced");

    private static string Status(int pid, string name) =>
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(':', 2)[1].Trim();

    private static async Task SayAsync(Process server, string line, string log)
    {
        await server.StandardInput.WriteLineAsync(line);
        await Wait.UntilAsync(() => File.Exists(log) && File.ReadAllText(log).EndsWith(line + "\n", StringComparison.Ordinal), "it is logged");
    }

    private static Process Start(string script, bool input)
    {
        var start = new ProcessStartInfo("/bin/bash") { RedirectStandardInput = input, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        var process = Process.Start(start)!;
        process.StandardInput.AutoFlush = true;
        return process;
    }
}
