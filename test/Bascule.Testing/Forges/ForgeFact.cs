using System.ComponentModel;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Bascule.Testing.Forges;

/// <summary>A conformance test that the inheriting class may have a reason not to run; the reason is printed.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Bascule.Testing.Forges.ForgeFactDiscoverer", "Bascule.Testing")]
public sealed class ForgeFactAttribute : FactAttribute;

/// <summary>Put on a class whose conformance tests run only against a server that the environment names.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsLiveForgeAttribute : Attribute;

/// <summary>Found by xunit through <see cref="ForgeFactAttribute"/>.</summary>
public sealed class ForgeFactDiscoverer(IMessageSink diagnosticMessageSink) : FactDiscoverer(diagnosticMessageSink)
{
    protected override IXunitTestCase CreateTestCase(
        ITestFrameworkDiscoveryOptions discoveryOptions,
        ITestMethod testMethod,
        IAttributeInfo factAttribute
    ) =>
        new ForgeTestCase(
            DiagnosticMessageSink,
            discoveryOptions.MethodDisplayOrDefault(),
            discoveryOptions.MethodDisplayOptionsOrDefault(),
            testMethod
        );
}

/// <summary>Looks at the class that inherits the test, which an attribute on the method cannot.</summary>
public sealed class ForgeTestCase : XunitTestCase
{
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Obsolete("For xunit's deserialiser only")]
    public ForgeTestCase() { }

    public ForgeTestCase(
        IMessageSink diagnosticMessageSink,
        TestMethodDisplay display,
        TestMethodDisplayOptions displayOptions,
        ITestMethod testMethod
    )
        : base(diagnosticMessageSink, display, displayOptions, testMethod) { }

    protected override string? GetSkipReason(IAttributeInfo factAttribute) =>
        TestMethod.TestClass.Class.GetCustomAttributes(typeof(NeedsLiveForgeAttribute)).Any()
        && LiveForgeSettings.Read() is null
            ? LiveForgeSettings.HowToRun
            : base.GetSkipReason(factAttribute);
}
