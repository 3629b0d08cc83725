using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ToolRuntime.Events;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>A call of the tool <c>shell</c>: <c>shell_call</c>.</summary>
internal sealed class ShellCallItem(PlannedTool tool) : ResponseItem($"sh_{tool.ExecutionId}", "shell_call"), ICallItem
{
    private readonly string command = CallArguments.Text(tool, "command");
    private readonly ShellOutputItem output = new(tool);

    public void Start(ResponseFold fold)
    {
        if (Status == "completed")
        {
            output.Restart();
            return;
        }

        fold.Add(this);
        foreach (var happened in (string[])["added", "done"])
        {
            fold.Emit($"response.shell_call_command.{happened}", this, writer =>
            {
                writer.WriteNumber("command_index", 0);
                writer.WriteString("command", command);
            });
        }

        Status = "completed";
        fold.Done(this);
        fold.Add(output);
    }

    public void Print(ResponseFold fold, ToolOutput printed) => output.Print(fold, printed);

    public void End(ResponseFold fold, SessionEvent end) => output.End(fold, end);

    protected override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("call_id", tool.CallId);
        writer.WriteStartObject("action");
        writer.WriteStartArray("commands");
        writer.WriteStringValue(command);
        writer.WriteEndArray();
        if (tool.TimeoutMs is { } timeout) writer.WriteNumber("timeout_ms", timeout);
        else writer.WriteNull("timeout_ms");
        writer.WriteNumber("max_output_length", OutputTail.MaxLength);
        writer.WriteEndObject();
        writer.WriteNull("environment");
    }
}

/// <summary>What it printed, as it comes: <c>shell_call_output</c>.</summary>
internal sealed partial class ShellOutputItem(PlannedTool tool) : ResponseItem($"sho_{tool.ExecutionId}", "shell_call_output")
{
    private const int NoExit = -1;

    private readonly OutputTail stdout = new();
    private readonly OutputTail stderr = new();
    private int? exitCode;
    private bool timedOut;

    /// <summary>Another attempt: what the one before printed is not its outcome.</summary>
    public void Restart()
    {
        stdout.Clear();
        stderr.Clear();
    }

    public void Print(ResponseFold fold, ToolOutput printed)
    {
        var (stream, tail) = printed.Stream == OutputStream.Stderr ? ("stderr", stderr) : ("stdout", stdout);
        var text = OutputTail.TextOf(printed);
        tail.Add(text);
        fold.Emit("response.shell_call_output_content.delta", this, writer =>
        {
            writer.WriteNumber("command_index", 0);
            writer.WriteStartObject("delta");
            writer.WriteString(stream, text);
            writer.WriteEndObject();
        });
    }

    public void End(ResponseFold fold, SessionEvent end)
    {
        timedOut = end is ToolTimedOut;
        exitCode = end is ToolCompleted completed ? CallArguments.Number(completed.Result, "exitCode") ?? 0 : ExitCodeOf(CallArguments.ErrorOf(end)!);
        if (exitCode == NoExit) stderr.Add(CallArguments.ErrorOf(end)!.Message);
        Status = end is ToolCancelled ? "incomplete" : "completed";
        fold.Emit("response.shell_call_output_content.done", this, writer =>
        {
            writer.WriteNumber("command_index", 0);
            WriteOutput(writer);
        });
        fold.Done(this);
    }

    protected override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteString("call_id", tool.CallId);
        writer.WriteNumber("max_output_length", OutputTail.MaxLength);
        WriteOutput(writer);
    }

    /// <summary>A failure that is no exit has the code −1, and says in <c>stderr</c> what it was.</summary>
    private static int ExitCodeOf(ToolError error) =>
        error.Code == "exit_code" && ExitCode().Match(error.Message) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : NoExit;

    [GeneratedRegex(@"exit code (\d{1,9})")]
    private static partial Regex ExitCode();

    private void WriteOutput(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("output");
        if (timedOut || exitCode is not null)
        {
            writer.WriteStartObject();
            writer.WriteString("stdout", stdout.ToString());
            writer.WriteString("stderr", stderr.ToString());
            writer.WriteStartObject("outcome");
            writer.WriteString("type", timedOut ? "timeout" : "exit");
            if (!timedOut) writer.WriteNumber("exit_code", exitCode!.Value);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
