namespace ToolRuntime.Tools.Attach;

/// <summary>How the output of a process is got.</summary>
/// <param name="Files">Files that are followed.</param>
/// <param name="Traced">Where its outputs lead whose writes are traced, by descriptor.</param>
/// <param name="Must">Whether it was asked for that they be traced, and nothing else will do.</param>
/// <param name="Note">Why some of it can't be seen, with what to change; null: all is.</param>
internal sealed record OutputPlan(IReadOnlyList<OpenDescriptor> Files, IReadOnlyDictionary<int, string> Traced, bool Must, string? Note)
{
    private const int MostLogs = 4;
    private static readonly int[] Outputs = [1, 2];

    /// <exception cref="AttachException">It can't be got in the way that is asked for.</exception>
    public static OutputPlan Of(AttachTarget target, string wanted, WriteTracer tracer)
    {
        if (wanted == "none") return new([], new Dictionary<int, string>(), false, null);
        OpenDescriptor[] outputs = [.. Outputs.Select(target.Find).OfType<OpenDescriptor>().Where(output => output.Leads)];
        var files = wanted == "trace" ? [] : outputs.Where(output => output.IsFile).DistinctBy(file => file.Inode).ToList();
        if (wanted != "trace" && outputs.Length == 0) files = [.. target.Logs().DistinctBy(file => file.Inode).Take(MostLogs)];
        if (wanted == "file" && files.Count == 0)
        {
            throw new AttachException("attach_no_file", $"Process {target.Pid} writes to no file that could be followed; its outputs lead to {Places(outputs)}. Ask for trace.");
        }

        var traced = wanted == "file" ? [] : outputs.Where(output => wanted == "trace" || !output.IsFile).ToDictionary(output => output.Number, output => output.Link);
        if (traced.Count == 0) return new(files, traced, false, files.Count > 0 ? null : $"Process {target.Pid} prints nothing: its outputs are closed, and it appends to no file.");
        if (tracer.Refusal(target) is not { } refusal) return new(files, traced, wanted == "trace", null);
        return wanted == "trace" ? throw AttachException.NotPermitted(refusal) : new(files, new Dictionary<int, string>(), false, refusal);
    }

    private static string Places(OpenDescriptor[] outputs) => outputs.Length == 0 ? "nowhere" : string.Join(" and ", outputs.Select(output => output.Link));
}
