using System.Globalization;
using ToolRuntime.Simulation.Tests.Checks;

namespace ToolRuntime.Simulation.Tests.Story;

/// <summary>One history from its beginning until nothing is open, and whether all promises held.</summary>
public static class History
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);
    private const long MostSteps = 400_000;

    /// <summary>Runs the history of a seed; first what was wrong, empty if nothing, then what happened in one line.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="switches">What a double is to do wrong.</param>
    /// <param name="trace">Where each step is told.</param>
    public static string[] Run(int seed, string? switches, Action<string>? trace)
    {
        var scene = new Scene(seed, switches, trace);
        var people = Enumerable.Range(0, scene.World.Dice.Story.Next(1, 3)).Select(i => new Person(scene, $"person{i}")).ToArray();
        var over = false;
        new Disasters(scene).Begin();
        scene.Reader.Begin();
        scene.Outside.Pool.Post(_ => _ = TellAsync(), null);
        var ended = scene.World.Run(() => over, Longest, MostSteps);
        var wrong = new List<string>(scene.World.Faults);
        if (!ended) wrong.Add($"It does not end: {Unfinished(scene)}");
        if (wrong.Count == 0) wrong.AddRange(new Checker(scene, people).Check());
        return [string.Join('\n', wrong.Take(10)), Summary(scene)];

        async Task TellAsync()
        {
            await Task.WhenAll(people.Select(person => person.ActAsync()));
            do
            {
                while (!IsOver(scene)) await Task.Delay(TimeSpan.FromMilliseconds(500), scene.Outside.Clock);
                // Late wake-ups and snapshots, and a silo that goes on after a pause and takes up what it was sent before.
                await Task.Delay(TimeSpan.FromSeconds(8), scene.Outside.Clock);
            }
            while (!IsOver(scene));
            over = true;
        }
    }

    private static bool IsOver(Scene scene) => scene.Faults.AreOver && scene.Store.Find(Scene.Session) is not { OpenWork: true };

    private static string Unfinished(Scene scene) => scene.Store.Find(Scene.Session) is { } log
        ? $"{log.Header}, last {string.Join(", ", log.Entries.TakeLast(5).Select(e => $"{e.Event.Seq} {e.Event.Type} {e.Event.Target}"))}"
        : "there is no log";

    private static string Summary(Scene scene)
    {
        var log = scene.Store.Find(Scene.Session);
        var last = log?.All.LastOrDefault()?.Event;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{scene.World.Steps} steps, {scene.World.Elapsed.TotalSeconds:0.000} s, {scene.Silos} silos, faults {scene.Faults.Kind}, {log?.All.Count} events, {scene.Runs.Count} runs, {scene.Reader.BeganAnew} anew, {log?.Forks.Count} forks, last {last?.Type} {last?.Check}");
    }
}
