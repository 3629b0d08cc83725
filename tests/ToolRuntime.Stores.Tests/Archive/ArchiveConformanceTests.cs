using ToolRuntime.Stores.Tests.Redis;
using ToolRuntime.Stores.Tests.SessionLog;

namespace ToolRuntime.Stores.Tests.Archive;

public sealed class ArchiveConformanceTests : SessionLogConformance
{
    protected override ISessionLogStore CreateStore() => new ArchivingStore();
}

public sealed class ArchiveListConformanceTests : SessionLogListConformance
{
    protected override ISessionLogStore CreateStore() => new ArchivingStore();
}

public sealed class ArchiveCheckConformanceTests : SessionLogCheckConformance
{
    protected override ISessionLogStore CreateStore() => new ArchivingStore();
}

public sealed class ArchiveMessageConformanceTests : SessionLogMessageConformance
{
    protected override ISessionLogStore CreateStore() => new ArchivingStore();
}

public sealed class ArchiveOfRedisClusterConformanceTests : SessionLogCheckConformance
{
    protected override ISessionLogStore CreateStore() => new ArchivingStore(() => RedisServers.Cluster);
}
