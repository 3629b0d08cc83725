namespace ToolRuntime.Tools.Tests.Support;

/// <summary>A fact that needs <c>strace</c>, and a host that lets this user trace.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class StraceFactAttribute : FactAttribute
{
    public StraceFactAttribute()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "strace")))) Skip = "strace is not installed: apt-get install strace.";
        else if (File.Exists("/proc/sys/kernel/yama/ptrace_scope") && File.ReadAllText("/proc/sys/kernel/yama/ptrace_scope").Trim() != "0" && Environment.UserName != "root") Skip = "kernel.yama.ptrace_scope lets this user trace nothing.";
    }
}
