using ToolRuntime.Tools.Shell;

namespace ToolRuntime.Tools.Tests.Shell;

public sealed class CommandPolicyTests
{
    [Theory]
    [InlineData("ls -l", "ls")]
    [InlineData("/bin/ls", "ls")]
    [InlineData("a; b & c && d || e | f", "a b c d e f")]
    [InlineData("A=1 B+=2 run x", "run")]
    [InlineData("echo 'a; b' \"c; d\" e\\;f", "echo")]
    [InlineData("echo \"$(date; who)\"; rm x", "echo date who rm")]
    [InlineData("echo `date` x; rm y", "echo date rm")]
    [InlineData("x=$(a) rm y", "a rm")]
    [InlineData("$(which rm) -rf y", "which $()")]
    [InlineData("2>/dev/null >out rm x 2>&1", "rm")]
    [InlineData("if true; then rm x; else ls; fi", "true rm ls")]
    [InlineData("for i in 1 2; do echo $i; done", "echo")]
    [InlineData("while ! ping x; do sleep 1; done", "ping sleep")]
    [InlineData("(cd x && rm y) > z; ls", "cd rm ls")]
    [InlineData("f() { rm x; }; f", "f rm f")]
    [InlineData("sudo -n env X=1 rm y", "sudo env rm")]
    [InlineData("timeout 5 nohup rm y", "timeout nohup rm")]
    [InlineData("r'm' x; \"r\"m y; \\rm z", "rm rm rm")]
    [InlineData("ls # rm\nwho", "ls who")]
    [InlineData("echo a#b; who", "echo who")]
    [InlineData("a \\\n b\nc", "a c")]
    [InlineData("", "")]
    public void Names_CommandLine_AreFound(string line, string names)
    {
        // Inner commands end, and are found, before the outer ones.
        Assert.Equal(names.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), CommandNames.Of(line).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ls -l", true)]
    [InlineData("ls | wc -l", true)]
    [InlineData("ls; rm x", false)]
    [InlineData("ls $(rm x)", false)]
    [InlineData("$CMD x", false)]
    [InlineData("git status", true)]
    [InlineData("git push", false)]
    [InlineData("git status; git push", false)]
    [InlineData(">x", false)]
    public void Refusal_AllowList_LetsOnlyThosePass(string command, bool allowed)
    {
        var options = new ShellOptions();
        foreach (var entry in (string[])["ls", "wc", @"/^git (status|log)( [\w. -]*)?$/"]) options.Allow.Add(entry);

        Assert.Equal(allowed, new CommandPolicy(options).Refusal(command) is null);
    }

    [Fact]
    public void Refusal_Default_LetsAllButHaltingPass()
    {
        var policy = new CommandPolicy(new());

        Assert.Null(policy.Refusal("rm -rf build && make"));
        Assert.NotNull(policy.Refusal("sudo reboot"));
    }
}
