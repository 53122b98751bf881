using Bascule.Core.People;
using Bascule.Core.Pushes;

namespace Bascule.Core.Tests.Pushes;

public sealed class PushChecksTests
{
    /// <summary>A check that is not in the list guards nothing, however well it is tested.</summary>
    [Fact]
    public void EveryCheckIsAsked() =>
        PushChecks
            .For(new Actor(ActorType.Human, "p-ada"), new PushSettings())
            .Select(check => check.GetType())
            .ShouldBe(
                typeof(IPushCheck)
                    .Assembly.GetTypes()
                    .Where(type => type.IsClass && typeof(IPushCheck).IsAssignableFrom(type)),
                ignoreOrder: true
            );
}
