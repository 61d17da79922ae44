# The whole workflow: every study of the configuration becomes a report.
#   snakemake                                      config.yaml
#   snakemake --configfile config/course.yaml      another configuration, instead of config.yaml
# Options that are always wanted stand in profiles/default/profile.yaml.
from snakemake.utils import min_version

min_version("9.20")


include: "workflow/rules/common.smk"
include: "workflow/rules/study.smk"


rule all:
    default_target: True
    input:
        targets(),


onstart:
    begin()


onsuccess:
    print(publish_reports(), file=sys.stderr)


onerror:
    print(publish_reports(), file=sys.stderr)
