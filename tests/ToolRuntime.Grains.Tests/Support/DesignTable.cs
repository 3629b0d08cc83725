using ToolRuntime.Machines;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>A machine's transitions as the design has them, written down apart from the machine. A trigger may be followed by its conditions, after a comma.</summary>
internal sealed class DesignTable<TStatus, TTrigger>(params (string From, string Trigger, string To, string Events)[] rows)
    where TStatus : struct, Enum
    where TTrigger : struct, Enum
{
    public TheoryData<string, string, string, string> Rows()
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var (from, trigger, to, events) in rows) data.Add(from, trigger, to, events);
        return data;
    }

    /// <summary>Every status with every trigger.</summary>
    public static TheoryData<string, string> Pairs()
    {
        var pairs = new TheoryData<string, string>();
        foreach (var from in Enum.GetNames<TStatus>())
        {
            foreach (var trigger in Enum.GetNames<TTrigger>()) pairs.Add(from, trigger);
        }

        return pairs;
    }

    public bool Has(string from, string kind) => rows.Any(r => r.From == from && KindOf(r.Trigger) == kind);

    public void AssertSame(TransitionTable<TStatus, TTrigger> machine)
    {
        var design = rows.GroupBy(r => (r.From, KindOf(r.Trigger))).Select(g => $"{g.Key}: {string.Join(' ', g.Select(r => r.To).Distinct().Order())}");
        var table = machine.Select(r => $"{(r.Key.From.ToString(), r.Key.Trigger.ToString())}: {string.Join(' ', r.Value.Select(t => t.ToString()).Order())}");

        Assert.Equal(design.Order(), table.Order());
    }

    public static string KindOf(string trigger) => trigger.Split(',')[0];
}
