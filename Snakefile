# The workflow is workflow/Snakefile. From here, too, `snakemake` makes all reports.
include: "workflow/Snakefile"


rule reports:
    default_target: True
    input:
        rules.all.input,
