namespace ToolRuntime.Tools.Attach;

/// <summary>A process can't be attached to; says what to change.</summary>
internal sealed class AttachException(string code, string message) : Exception(message)
{
    public const string NotPermittedCode = "attach_not_permitted";

    public ToolError Error => new(code, Message);

    public static AttachException NoProcess(int pid) => new("no_such_process", $"There is no process {pid}, or it is not the one that was meant any more.");

    public static AttachException NotPermitted(string message) => new(NotPermittedCode, message);
}
