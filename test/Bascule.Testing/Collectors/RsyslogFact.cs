using Xunit;

namespace Bascule.Testing.Collectors;

/// <summary>A test against Debian's rsyslog; skipped with its reason where that is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RsyslogFactAttribute : FactAttribute
{
    public RsyslogFactAttribute() => Skip = RsyslogServer.Missing;
}
