using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Sessions;

namespace ToolRuntime.Grains.Tests.Contracts;

public sealed class ContractTests
{
    public static TheoryData<string> Events => [.. Children(typeof(SessionEvent)).Select(t => t.Name)];

    public static TheoryData<string> Commands => [.. Children(typeof(SessionCommand)).Select(t => t.Name)];

    public static TheoryData<string> EventFixtures => [.. Fixtures.Names("events")];

    public static TheoryData<string> CommandFixtures => [.. Registered(typeof(SessionCommand)).Values];

    [Theory]
    [MemberData(nameof(Events))]
    public void Event_EachSealedChild_IsRegisteredAndHasAFixture(string name)
    {
        var type = Children(typeof(SessionEvent)).Single(t => t.Name == name);

        Assert.Contains(type, Registered(typeof(SessionEvent)).Keys);
        Assert.Contains(Registered(typeof(SessionEvent))[type], Fixtures.Names("events"));
        AssertSerialisable(type);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_EachSealedChild_IsRegisteredAndHasAFixture(string name)
    {
        var type = Children(typeof(SessionCommand)).Single(t => t.Name == name);

        Assert.Contains(type, Registered(typeof(SessionCommand)).Keys);
        Assert.Contains(Registered(typeof(SessionCommand))[type], Fixtures.Names("commands"));
        AssertSerialisable(type);
    }

    [Fact]
    public void Registrations_Hierarchies_NameOnlySealedChildrenOnce()
    {
        foreach (var hierarchy in (Type[])[typeof(SessionEvent), typeof(SessionCommand)])
        {
            Assert.Equal(Children(hierarchy).Select(t => t.Name).Order(), Registered(hierarchy).Keys.Select(t => t.Name).Order());
            Assert.Equal(Registered(hierarchy).Count, Registered(hierarchy).Values.Distinct().Count());
        }
    }

    [Fact]
    public void Aliases_OfAllTypes_AreTakenOnce()
    {
        var aliases = new[] { typeof(SessionEvent).Assembly, typeof(SessionGrain).Assembly }
            .SelectMany(a => a.GetTypes()).Select(t => t.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias).Where(a => a is not null).ToArray();

        Assert.Equal(aliases.Distinct().Order(), aliases.Order());
    }

    [Fact]
    public void Ids_OfSerialisedMembers_AreTakenOnceAType()
    {
        foreach (var type in new[] { typeof(SessionEvent).Assembly, typeof(SessionGrain).Assembly }.SelectMany(a => a.GetTypes()).Where(t => t.IsDefined(typeof(GenerateSerializerAttribute))))
        {
            var ids = type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly).Select(p => p.GetCustomAttribute<IdAttribute>()?.Id).Where(id => id is not null).ToArray();
            Assert.True(ids.Distinct().Count() == ids.Length, type.FullName);
        }
    }

    [Theory]
    [MemberData(nameof(EventFixtures))]
    public void Event_Fixture_ReadAndWrittenIsTheSame(string name)
    {
        foreach (var node in Fixtures.Read("events", name).AsArray())
        {
            Assert.Equal(name, (string?)node!["type"]);
            RoundTrip(node, WireJsonContext.Default.SessionEvent);
        }
    }

    [Theory]
    [MemberData(nameof(CommandFixtures))]
    public void Command_Fixture_ReadAndWrittenIsTheSame(string name)
    {
        foreach (var node in Fixtures.Read("commands", name).AsArray())
        {
            var command = node!.DeepClone().AsObject();
            foreach (var envelope in (string[])["id", "session", "traceparent"]) command.Remove(envelope);
            RoundTrip(command, WireJsonContext.Default.SessionCommand);
        }
    }

    [Fact]
    public void Log_EveryEventFixture_SurvivesItsEncoding()
    {
        foreach (var node in Fixtures.Names("events").SelectMany(name => Fixtures.Read("events", name).AsArray()))
        {
            var happened = node.Deserialize(WireJsonContext.Default.SessionEvent)!;
            var entry = Assert.Single(SessionEncoding.Encode([(happened, null)]));

            Fixtures.AssertSame(node, JsonNode.Parse(entry.Event.Json.Span));
            Assert.Equal((happened.Seq, (string?)node!["type"]), (entry.Event.Seq, entry.Event.Type));
            Fixtures.AssertSame(node, JsonSerializer.SerializeToNode(SessionEncoding.Decode(entry).Event, WireJsonContext.Default.SessionEvent));
        }
    }

    [Fact]
    public void Hash_SameContent_IsTheSameAndAnyOtherIsNot()
    {
        var hashes = Registered(typeof(SessionCommand)).Values.SelectMany(name => Fixtures.Read("commands", name).AsArray()).Select(Hash).ToArray();

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes, Registered(typeof(SessionCommand)).Values.SelectMany(name => Fixtures.Read("commands", name).AsArray()).Select(Hash));

        static string Hash(JsonNode? node) => SessionEncoding.Hash(node.Deserialize(WireJsonContext.Default.SessionCommand)!);
    }

    private static void RoundTrip<T>(JsonNode node, JsonTypeInfo<T> type) => Fixtures.AssertSame(node, JsonSerializer.SerializeToNode(node.Deserialize(type)!, type));

    private static IEnumerable<Type> Children(Type hierarchy) => hierarchy.Assembly.GetTypes().Where(t => t.IsSealed && t.IsSubclassOf(hierarchy));

    private static Dictionary<Type, string> Registered(Type hierarchy) =>
        hierarchy.GetCustomAttributes<JsonDerivedTypeAttribute>().ToDictionary(a => a.DerivedType, a => (string)a.TypeDiscriminator!);

    private static void AssertSerialisable(Type type)
    {
        Assert.NotNull(type.GetCustomAttribute<GenerateSerializerAttribute>(inherit: false));
        Assert.Equal($"toolruntime.{type.Name}", type.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias);
    }
}
