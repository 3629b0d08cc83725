using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Simulation.Tests.Runtime;
using ToolRuntime.Simulation.Tests.Store;

namespace ToolRuntime.Simulation.Tests.Story;

/// <summary>
/// What a gateway does for a client: hears live frames, reads from the log what it missed, and proves its cursor by the check. Where that fails it begins anew,
/// and says so.
/// </summary>
internal sealed class Reader(Scene scene)
{
    private static readonly TimeSpan AsksEvery = TimeSpan.FromSeconds(5);
    private static readonly LogReadLimits Page = new(100, 1 << 20);

    private readonly RemoteLog log = new(scene.Outside, scene.Store, scene.Faults);
    private readonly HashSet<string> asking = [];
    private string epoch = "";
    private bool reading, again;

    /// <summary>What was seen since it began anew last, without a hole.</summary>
    public List<EncodedEvent> Seen { get; private set; } = [];

    /// <summary>The seq before the first of them.</summary>
    public long Begins { get; private set; }

    public int BeganAnew { get; private set; }

    public long Cursor => Begins + Seen.Count;

    public string? AsksForApproval => asking.LastOrDefault();

    public void Begin() => scene.Outside.Pool.Post(_ => _ = AskAsync(), null);

    public void Hear(SessionFrame frame) => scene.World.At(scene.Faults.Latency(), scene.Outside.Pool, () =>
    {
        if (reading || frame.Epoch != epoch || !frame.Events.All(Take)) ReadOn();
    });

    /// <summary>Reads until nothing is new.</summary>
    public void ReadOn()
    {
        again = true;
        if (!reading) _ = ReadOnAsync();
    }

    private async Task AskAsync()
    {
        while (true)
        {
            await Task.Delay(AsksEvery, scene.Outside.Clock);
            ReadOn();
        }
    }

    private async Task ReadOnAsync()
    {
        reading = true;
        while (again)
        {
            again = false;
            try
            {
                again |= await ReadAsync();
            }
            catch (SessionLogUnavailableException)
            {
                // It is asked again in a while.
            }
        }

        reading = false;
    }

    /// <summary>Reads a page from the last event seen on; true if there is more.</summary>
    private async Task<bool> ReadAsync()
    {
        var page = await log.ReadAsync(Scene.Session, Math.Max(0, Cursor - 1), Page);
        if (page.Epoch.Length == 0) return false;
        var proven = page.Epoch == epoch && page.Head >= Cursor && (Cursor == 0 || Seen.Count == 0 || page.Entries is [{ Event: var last }, ..] && last.Seq == Cursor && last.Check == Seen[^1].Check);
        if (!proven || page.First > Cursor + 1)
        {
            scene.World.Trace($"the reader begins anew at {page.Head}, after {Cursor}");
            if (epoch.Length > 0) BeganAnew++;
            (epoch, Begins, Seen) = (page.Epoch, epoch.Length == 0 && page.First == 1 ? 0 : page.Head, []);
            return true;
        }

        foreach (var entry in page.Entries) if (!Take(entry.Event)) return true;
        return Cursor < page.Head;
    }

    /// <summary>Takes an event that is the next one, or is known; false: something is missing, or is not what it was.</summary>
    private bool Take(EncodedEvent seen)
    {
        if (seen.Seq <= Begins) return true;
        if (seen.Seq <= Cursor) return Seen[(int)(seen.Seq - Begins - 1)].Check == seen.Check;
        if (seen.Seq > Cursor + 1) return false;
        Seen.Add(seen);
        if (seen.Type == "tool.approval_required") asking.Add(seen.Target!);
        else if (seen.Type.StartsWith("tool.", StringComparison.Ordinal)) asking.Remove(seen.Target!);
        return true;
    }
}
