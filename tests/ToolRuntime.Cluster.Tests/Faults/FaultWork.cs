using System.Text.Json.Nodes;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests.Faults;

/// <summary>What a client has its session do: batches of real processes, and messages whose replies run some.</summary>
internal sealed class FaultWork(string session, MarkedProcesses processes, Random random, Rollbacks rollbacks)
{
    /// <summary>So many batches and replies of a session are open at once.</summary>
    public const int AtATime = 2;

    /// <summary>Where commands say that they ran.</summary>
    public const string RanLog = "ran.log";

    /// <summary>Where they say that another attempt of theirs ran beside them.</summary>
    public const string BesideLog = "beside.log";

    private readonly Lock gate = new();
    private readonly Dictionary<string, (bool Idempotent, int Rollbacks)> tags = [];
    private int number;

    /// <summary>The names of its commands, whether they may be repeated, and how often the store had gone back when they were sent.</summary>
    public IReadOnlyDictionary<string, (bool Idempotent, int Rollbacks)> Tags
    {
        get
        {
            lock (gate) return new Dictionary<string, (bool, int)>(tags);
        }
    }

    public JsonObject Next()
    {
        lock (gate)
        {
            number++;
            var calls = Enumerable.Range(1, random.Next(1, 4)).Select(call => Loop($"{session}.{number}.{call}")).ToList();
            if (random.Next(3) == 0) calls.Add(new("computer", []));
            if (random.Next(4) == 0) calls.Add(new("file_write", new() { ["path"] = $"notes/{number}.md", ["content"] = $"# {number}" }));
            return random.Next(3) == 0 ? Command.SendMessage(session, calls.Select(call => call.Directive)) : Command.RunTools(session, calls);
        }
    }

    /// <summary>A command that prints for a while; its lock tells whether an earlier attempt of it still runs: 33, for whatever asks may be killed itself.</summary>
    private ToolUse Loop(string tag)
    {
        var idempotent = random.Next(3) > 0;
        tags[tag] = (idempotent, rollbacks.Over);
        var more = random.Next(8) switch
        {
            0 => "sleep 1000 & ",
            1 => "setsid sleep 1000 </dev/null >/dev/null 2>&1 & ",
            2 => "trap '' TERM HUP; ",
            _ => "",
        };
        var command = $"exec 9>.lock-{tag}; flock -nE 33 9; [ $? = 33 ] && echo {tag} >>{BesideLog}; echo {tag} >>{RanLog}; "
            + $"{more}for i in $(seq {random.Next(5, 30)}); do echo {tag} line $i; sleep 0.1; done";
        return ToolUse.Shell(processes, command, idempotent);
    }
}
