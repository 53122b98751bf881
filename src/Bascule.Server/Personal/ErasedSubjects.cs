using System.Text.Json;
using Bascule.Core.Identity;
using Bascule.Core.People;
using Bascule.Server.Sealing;

namespace Bascule.Server.Personal;

/// <summary>
/// What stands in place of an erased person's subject: a digest under the master key. Whoever has the database alone cannot try subjects against it, and Bascule
/// still knows whom to refuse (THREATS T121, T45).
/// </summary>
internal sealed class ErasedSubjects(MasterKey key)
{
    public Subject Of(Subject subject) =>
        new(
            Person.ErasedIssuer,
            key.Mac(
                "erased-subject",
                JsonSerializer.Serialize([subject.Issuer, subject.Id], ErasedSubjectsJson.Default.StringArray)
            )
        );
}
